"""Fold sets: the experts of one concept in every fold, from responses that were extracted once."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from ...artefacts import ArtefactKey, digest_of
from ...concepts import NegativePool
from ...errors import InputError
from ...experts.chance import positive_weight
from ...experts.score import response_statistics
from ...experts.ties import TOLERANCE, WIDTH
from ..finding.concept_expertise import Session
from ..finding.model_record import recipe_fields
from ..finding.plan import Plan
from ..finding.pool import CHUNK, PoolResponses, fits, growing_responses, pool_key, pool_responses
from .stability_request import Cell, FoldPlan, StabilityRequest

VERSION = 1
FLOOR = 0.5
"""Experts are kept down to this tau, or the lowest that is asked for."""


@dataclass(frozen=True, eq=False)
class FoldSets:
    """The units above the lowest tau, of every fold of a concept."""

    concept: str
    cells: tuple[Cell, ...]
    starts: np.ndarray
    """`[folds of all cells + 1]` int64 where each fold's units begin in the next two; cell by cell."""
    unit_ids: np.ndarray
    """`[units of all folds]` int64 flat unit ids, ascending in each fold."""
    ap: np.ndarray
    """`[units of all folds]` float64 their AP."""
    read: int
    """Sentences that the model read for this concept alone."""
    reading: float
    """Seconds that it took."""
    scoring: float
    """Seconds of scoring all folds."""

    def sets(self, cell: int, tau: float) -> list[np.ndarray]:
        """The expert set of each fold of a cell: `[experts]` unit ids with AP strictly above tau."""
        first = sum(each.folds for each in self.cells[:cell])
        found = []
        for fold in range(first, first + self.cells[cell].folds):
            here = slice(int(self.starts[fold]), int(self.starts[fold + 1]))
            found.append(self.unit_ids[here][self.ap[here] > tau])
        return found


class Reader:
    """Responses of a grid's sentences, each extracted once: what several concepts need is kept on the disk."""

    def __init__(
        self, session: Session, plans: Sequence[FoldPlan], missing: frozenset[str], record: str
    ) -> None:
        self.session, self.run, self._record = session, session.run, record
        unfinished = [each for each in plans if each.concept.key in missing]
        self.shared = self._common(plans if self._begun(plans) else unfinished)
        self._place = {text: row for row, text in enumerate(self._texts)}
        session.total = sum(len(self._alone(each)) for each in unfinished) + self._left()

    @property
    def _texts(self) -> tuple[str, ...]:
        return self.shared.drawn_from.sentences if self.shared.pool else ()

    def _common(self, plans: Sequence[FoldPlan]) -> Plan:
        """The find's plan with the sentences that stand in two concepts' folds, or come from the pool, as its pool."""
        plan, counted = self.session.plan, Counter(text for each in plans for text in each.sentences)
        pooled = set(plan.pool.sentences) if plan.pool else set()
        texts = tuple(sorted(text for text, times in counted.items() if times > 1 or text in pooled))
        name = f"of the folds of {plan.library.name}"
        pool = NegativePool(name, texts, ("",) * len(texts), ("",) * len(texts)) if texts else None
        return replace(plan, pool=pool)

    def _begun(self, plans: Sequence[FoldPlan]) -> bool:
        """Whether the responses of all the concepts' common sentences are there, or were begun by a stopped run."""
        plan, store = self._common(plans), self.run.artefacts
        if not plan.pool:
            return False
        return store.has(pool_key(plan)) or store.growing(*growing_responses(plan)).begun

    def _left(self) -> int:
        plan, store = self.shared, self.run.artefacts
        if not plan.pool or store.has(pool_key(plan)):
            return 0
        done = store.growing(*growing_responses(plan)).read("done")
        return sum(len(self._texts[i * CHUNK : (i + 1) * CHUNK]) for i in np.flatnonzero(done == 0).tolist())

    def _alone(self, plan: FoldPlan) -> tuple[str, ...]:
        return tuple(text for text in plan.sentences if text not in self._place)

    def common(self) -> PoolResponses | None:
        """Responses to the common sentences, from the disk or read now.

        Raises InputError where the cache has no room for them.
        """
        plan = self.shared
        if not plan.pool:
            return None
        if not fits(plan, self.run):
            size = 4 * len(plan.pool) * plan.known.units.count
            raise InputError(
                f"the responses to {len(plan.pool):,} sentences that the folds share take {size / 1e9:.1f} GB, more "
                "than a quarter of what the cache may hold: set EXPERTLENS_CACHE_LIMIT higher, or take fewer concepts"
            )
        device = self.session.model.device

        def respond(texts: tuple[str, ...]) -> Any:
            started = time.perf_counter()
            made = self.session.responses(texts, "negatives, and sentences of several concepts")
            self._add(len(texts), time.perf_counter() - started)
            return made

        return pool_responses(plan, self.run, device, respond)

    def _add(self, read: int, seconds: float) -> None:
        """Keep what reading the common sentences has cost so far."""
        documents = self.run.artefacts.documents
        before = documents.get(self._record) or {"read": 0, "seconds": 0.0}
        documents.put(self._record, {"read": before["read"] + read, "seconds": before["seconds"] + seconds})

    def of(self, plan: FoldPlan, common: PoolResponses | None) -> ConceptResponses:
        """All responses that a concept's folds need."""
        alone, started = self._alone(plan), time.perf_counter()
        values = self.session.responses(alone, plan.concept.key).values if alone else ()
        seconds = time.perf_counter() - started if alone else 0.0
        return ConceptResponses(
            tuple(values), {text: i for i, text in enumerate(alone)}, common, self._place, seconds
        )


@dataclass(frozen=True, eq=False)
class ConceptResponses:
    """Responses to a concept's own sentences, and to the common ones."""

    values: tuple[Any, ...]
    """Per module, `[own sentences, width]`."""
    place: dict[str, int]
    """Sentence → its row there."""
    common: PoolResponses | None
    common_place: dict[str, int]
    seconds: float
    """Of reading."""

    def some(self, texts: Sequence[str]) -> tuple[tuple[Any, ...], dict[str, int]]:
        """Per module, responses to some sentences (and perhaps others), and the row of each sentence in them."""
        own = [text for text in texts if text in self.place]
        others = [text for text in texts if text not in self.place]
        if not others or self.common is None:
            return self.values, self.place
        values, rows = self.common.of(tuple(self.common_place[text] for text in others))
        there = np.arange(len(others)) if rows is None else rows
        if not own:
            return values, dict(zip(others, there.tolist()))
        mine = [self.place[text] for text in own]
        stacked = tuple(_stacked(x[mine], y[there]) for x, y in zip(self.values, values, strict=True))
        return stacked, {text: row for row, text in enumerate((*own, *others))}


def fold_sets(
    asked: StabilityRequest, plan: FoldPlan, reader: Reader, common: PoolResponses | None
) -> FoldSets:
    """Read a concept's own sentences and score every fold.

    Raises InputError for responses that are no numbers, Cancelled when the run was asked to stop.
    """
    run, units = reader.run, reader.session.plan.known.units
    found = reader.of(plan, common)
    names = [module.path for module in units.modules]
    started = time.perf_counter()
    on, on_place = found.some(
        list(dict.fromkeys(plan.positives[i] for cell in plan.on for f in cell for i in f))
    )
    off, off_place = found.some(
        list(dict.fromkeys(plan.negatives[i] for cell in plan.off for f in cell for i in f))
    )
    lowest, ids, values = floor_of(asked), [], []
    for cell, with_it, without in zip(plan.cells, plan.on, plan.off, strict=True):
        weight = 1.0 if asked.raw else positive_weight(cell.positives, cell.negatives)
        for number, (positives, negatives) in enumerate(zip(with_it, without, strict=True), 1):
            run.check(f"stopped while the folds of {plan.concept.key} were scored")
            reader.session.report(f"{plan.concept.key}: {cell.positives} {cell.source}, fold {number}")
            table = response_statistics(
                on, off, names=names, weight=weight, tolerance=TOLERANCE, ranks_only=True,
                on_rows=[on_place[plan.positives[i]] for i in positives],
                off_rows=[off_place[plan.negatives[i]] for i in negatives],
            )  # fmt: skip
            ap = table[2]
            ids.append(np.flatnonzero(ap > lowest))
            values.append(ap[ids[-1]])
    scoring = time.perf_counter() - started
    starts = np.concatenate([[0], np.cumsum([len(each) for each in ids], dtype=np.int64)])
    return FoldSets(
        plan.concept.key, plan.cells, starts, np.concatenate(ids), np.concatenate(values), len(found.place),
        found.seconds, scoring,
    )  # fmt: skip


def floor_of(asked: StabilityRequest) -> float:
    """Down to which AP units are kept."""
    return min((FLOOR, *asked.taus))


def fold_key(asked: StabilityRequest, plan: Plan, folds: FoldPlan) -> ArtefactKey:
    """Key of a concept's fold sets: the recipe, and the sentences of every fold."""
    record = plan.known
    fields = recipe_fields(plan.request, record) | {
        "concept": folds.concept.key,
        "cells": digest_of([asdict(cell) for cell in folds.cells]),
        "positives": digest_of([[[folds.positives[i] for i in fold] for fold in cell] for cell in folds.on]),
        "negatives": digest_of([[[folds.negatives[i] for i in fold] for fold in cell] for cell in folds.off]),
        "raw": asked.raw,
        "lowest": floor_of(asked),
        "ties": f"{WIDTH:g} x {TOLERANCE:g}",
    }
    return ArtefactKey(
        "fold sets", VERSION, fields, "result", f"folds of {folds.concept.key} in {record.name}"
    )


def _stacked(one: Any, other: Any) -> Any:
    if isinstance(one, np.ndarray):
        return np.concatenate([one, np.asarray(other)])
    import torch

    return torch.cat([one, other])

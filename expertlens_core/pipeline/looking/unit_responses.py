"""Responses of single units to the sentences of concepts and of the pool, kept for thousands of units at once.

A pass of the model through some sentences gives the responses of all units, of which those of the best experts of all
concepts are kept: the next unit that someone opens is among them. Where the responses of all units to the pool are
kept already, they are read instead.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from ...artefacts import ArtefactKey, digest_of
from ...errors import InputError
from ...experts.interval import DRAWS, UnitRanks, unit_ranks
from ...models.units import units_named
from ...run import Run
from ..finding.concept_expertise import run_model
from ..finding.find import find
from ..finding.model_record import load_for, recipe_fields
from ..finding.plan import choose_concepts
from ..finding.pool import pool_key
from .unit_request import UnitRequest
from .unit_table import UnitTable, unit_table

VERSION = 1
CHUNK = 256
"""Sentences after which finished work is on the disk."""
_NUMBERS = 16_000_000
"""Responses in memory at a time."""


@dataclass(frozen=True, eq=False)
class UnitResponses:
    """The responses of one unit."""

    concept: str
    """Key of the concept whose sentences are told apart."""
    on: np.ndarray
    """`[positives]` float32 responses to the positive set; NaN for sentences that the pooling drops."""
    off: np.ndarray
    """`[negatives]` float32 responses to the negative set; NaN as above."""
    positives: tuple[str, ...]
    negatives: tuple[str, ...]
    sentences: tuple[str, ...]
    """Every sentence that was read, each once."""
    owners: tuple[str, ...]
    """`[sentences]` key of the concept that each is a positive of; empty for none."""
    values: np.ndarray
    """`[sentences]` float32 responses to them."""
    ranks: dict[str, UnitRanks]
    """Concept → its AP and AUROC from these responses, without intervals: of the concept, or of all that were read."""


class _Reader:
    """Reads sentences for the best units of all concepts, or for one that is not among them; gives one's column."""

    def __init__(self, table: UnitTable, unit_id: int, run: Run) -> None:
        self.plan, self.run = table.found.plan, run
        ids = table.best if unit_id in table.best else np.array([unit_id], dtype=np.int64)
        self.ids, self.column = ids, int(np.searchsorted(ids, unit_id))
        self.done = self.total = 0

    def key(self, sentences: Sequence[str]) -> ArtefactKey:
        """Key of these units' responses to some sentences."""
        fields = {
            **recipe_fields(self.plan.request, self.plan.known),
            "sentences": digest_of(list(sentences)),
            "chosen": digest_of(self.ids.tolist()),
        }
        label = f"responses of {len(self.ids):,} units in {self.plan.known.name}"
        return ArtefactKey("unit responses", VERSION, fields, "responses", label)

    def column_of(self, sentences: Sequence[str]) -> np.ndarray:
        """`[sentences]` responses of the unit; the sentences are read where they have not been."""
        found = [np.empty(0, np.float32)]
        for some in _chunks(sentences):
            made = self.run.kept_file(
                self.key(some), partial(lambda some: ({"values": self._read(some)}, {}), some), mapped=True
            )
            found.append(made.arrays["values"][:, self.column])
        return np.concatenate(found)

    def has(self, sentences: Sequence[str]) -> bool:
        """Whether all of them have been read."""
        return all(self.run.artefacts.has(self.key(some)) for some in _chunks(sentences))

    def pool(self) -> np.ndarray:
        """`[sentences of the pool]` responses of the unit."""
        plan, sentences = self.plan, self.plan.drawn_from.sentences
        if not self.has(sentences):
            whole = self.run.artefacts.get(pool_key(plan))  # of all units: nothing is left to read
            if whole is not None:
                position = whole.arrays["position"]
                module = plan.known.units.module_of[self.ids[self.column]]
                place = self.ids[self.column] - plan.known.units.offsets[module]
                values = np.array(whole.arrays[str(module)][:, place])
                return np.where(position >= 0, values[np.maximum(position, 0)], np.nan).astype(np.float32)
        return self.column_of(sentences)

    def expect(self, parts: Sequence[Sequence[str]]) -> None:
        """Count the sentences that have still to be read."""
        left = (some for each in parts for some in _chunks(each) if not self.has(some))
        self.total = sum(map(len, left))

    def _read(self, sentences: Sequence[str]) -> np.ndarray:
        plan, units = self.plan, self.plan.known.units
        model = load_for(plan.request, self.run)
        modules = units.module_of[self.ids]
        columns = [(p, self.ids[modules == p] - units.offsets[p]) for p in np.unique(modules).tolist()]
        values = np.full((len(sentences), len(self.ids)), np.nan, dtype=np.float32)
        order = np.argsort([len(each) for each in sentences], kind="stable")  # a batch holds like lengths
        step = max(8, min(128, _NUMBERS // units.count))
        for first in range(0, len(order), step):
            self.run.check()
            self.run.progress(min(self.done, self.total), self.total, "reading sentences for the unit")
            rows = order[first : first + step]
            texts = [sentences[row] for row in rows]
            try:
                made = run_model(plan.request, model, texts, cancelled=self.run.cancelled)
            except InputError:
                if plan.request.pooling != "selfcond-2022":
                    raise
                continue  # all of them are too long for it
            kept = rows if made.kept is None else rows[made.kept]
            parts = [made.values[position][:, places] for position, places in columns]
            arrays = [each if isinstance(each, np.ndarray) else each.cpu().numpy() for each in parts]
            values[kept] = np.concatenate(arrays, axis=1)
            self.done += len(rows)
        return values


def unit_responses(asked: UnitRequest, run: Run) -> UnitResponses:
    """The responses of a unit to the sentences of a concept, or of all concepts; what is missing is read, and kept.

    Raises InputError for an unknown unit or concept; NotKeptError from a run that may compute nothing.
    """
    table = table_for(asked, run)
    plan = table.found.plan
    (unit_id,) = units_named(table.units, (asked.unit,))
    concept = choose_concepts(plan.library, (asked.concept,))[0]
    reader = _Reader(table, int(unit_id), run)
    done = set(table.found.concepts)
    concepts = [concept, *(each for each in plan.concepts if asked.every and each.key in done)]
    concepts = list({each.key: each for each in concepts}.values())
    pooled = plan.pool is not None
    parts = [plan.positives(each) for each in concepts]
    parts += [each.negatives or () for each in concepts]
    if pooled and run.artefacts.get(pool_key(plan)) is None:
        parts.append(plan.drawn_from.sentences)
    reader.expect(parts)
    sentences: dict[str, tuple[str, float]] = {}
    on, off = {}, {}
    for each in concepts:
        on[each.key] = reader.column_of(plan.positives(each))
        sentences |= {
            text: (each.key, float(value)) for text, value in zip(plan.positives(each), on[each.key])
        }
    pool = reader.pool() if pooled else np.empty(0, np.float32)
    for each in concepts:
        texts, rows = plan.negatives(each)
        off[each.key] = reader.column_of(texts) if rows is None else pool[list(rows)]
        if rows is None:
            sentences = {text: ("", float(value)) for text, value in zip(texts, off[each.key])} | sentences
    if pooled:
        owned = zip(plan.drawn_from.sentences, plan.drawn_from.owners, pool)
        sentences = {text: (owner, float(value)) for text, owner, value in owned} | sentences
    return UnitResponses(
        concept.key,
        on[concept.key],
        off[concept.key],
        plan.positives(concept),
        plan.negatives(concept)[0],
        tuple(sentences),
        tuple(owner for owner, _ in sentences.values()),
        np.array([value for _, value in sentences.values()], dtype=np.float32),
        {key: ranks_of(on[key], off[key], table.reweighted, draws=0) for key in on},
    )


def table_for(asked: UnitRequest, run: Run) -> UnitTable:
    """The unit table of the concepts that have results; only the request's own concept is found where it is missing."""
    if run.complete:
        for _ in find(replace(asked.find, names=(asked.concept,)), run):
            pass
    return unit_table(asked.find, run.at_hand(complete=False))


def ranks_of(on: np.ndarray, off: np.ndarray, reweighted: bool, draws: int = DRAWS) -> UnitRanks:
    """`unit_ranks` of responses of which some are NaN: sentences that the pooling drops."""
    return unit_ranks(on[~np.isnan(on)], off[~np.isnan(off)], reweighted=reweighted, draws=draws)


def _chunks(sentences: Sequence[str]) -> Iterator[Sequence[str]]:
    return (sentences[first : first + CHUNK] for first in range(0, len(sentences), CHUNK))

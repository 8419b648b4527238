"""The lens table: the experts of a library's concepts, and how they respond to sentences with and without them.

A concept's score of a text is the mean over its experts of their responses, each in standard deviations from its mean
over the negative set. What a score means is told by the scores of other sentences: of the concept's own, and of the
pool's that are not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ...artefacts import ArtefactKey
from ...concepts.mention import mentions
from ...experts.expert_set import expert_set, top_experts
from ...experts.expertise import Expertise
from ...models.label import model_label
from ...request import Field, Request, Tau, request
from ...run import NotKeptError, Run, read_result
from ..finding.concept_expertise import run_model
from ..finding.find import find
from ..finding.model_record import load_for
from ..finding.plan import Plan, plan_find
from ..finding.request import FindRequest

VERSION = 1
LEAST = 20
"""Experts at least: a concept with fewer above tau takes its best ones."""
_CHUNK = 64


@request
class LensRequest(Request):
    """The experts through which texts are seen."""

    find: FindRequest = FindRequest()
    """How the experts are found; its names are the concepts, default all."""
    tau: Tau = 0.5
    """Experts lie above it."""
    own: int = Field(default=20, ge=2)
    """Sentences of each concept that are held beside a text."""
    others: int = Field(default=400, ge=20)
    """Sentences of the pool that are held beside a text."""


@dataclass(frozen=True, eq=False)
class LensScores:
    """Scores of sentences, beside which those of a text are held; rows as in `LensTable`."""

    own: np.ndarray
    others: np.ndarray


@dataclass(frozen=True, eq=False)
class LensTable:
    """Experts and scores of a library's concepts in a model."""

    concepts: tuple[str, ...]
    starts: np.ndarray
    """`[concepts + 1]` where each concept's experts begin in the next three."""
    unit_ids: np.ndarray
    """`[experts of all concepts]` int64 flat unit ids."""
    means: np.ndarray
    """`[experts of all concepts]` float32 mean response to the concept's negative set."""
    deviations: np.ndarray
    """`[experts of all concepts]` float32 standard deviation over it; infinite where it does not vary."""
    own: np.ndarray
    """`[concepts, sentences]` float32 scores of the concept's own sentences, ascending; NaN fills short rows."""
    others: np.ndarray
    """`[concepts, sentences]` float32 scores of pool sentences without the concept, ascending; NaN as above."""

    @property
    def pooled_ids(self) -> np.ndarray:
        """`[units]` ascending ids of all units that are some concept's experts."""
        return np.unique(self.unit_ids)

    def of(self, concept: str) -> slice:
        """Where a concept's experts stand."""
        number = self.concepts.index(concept)
        return slice(int(self.starts[number]), int(self.starts[number + 1]))

    def scores(self, responses: np.ndarray) -> np.ndarray:
        """`[texts, concepts]` float64 from responses `[texts, units]` of `pooled_ids`."""
        places = np.searchsorted(self.pooled_ids, self.unit_ids)
        moved = (responses[:, places] - self.means) / self.deviations
        sums = np.add.reduceat(moved.astype(np.float64), self.starts[:-1], axis=1)
        return np.asarray(sums / np.diff(self.starts))

    def above(self, scores: np.ndarray) -> np.ndarray:
        """`[concepts]` how far a text's scores lie above those of sentences without the concept, in deviations."""
        mean, spread = np.nanmean(self.others, axis=1), np.nanstd(self.others, axis=1, ddof=1)
        return np.asarray((scores - mean) / np.where(spread > 0, spread, np.inf))

    def share_below(self, which: np.ndarray, scores: np.ndarray) -> np.ndarray:
        """`[concepts]` share of the sentences of `own` or `others` whose score is below a text's."""
        known = ~np.isnan(which)
        return np.asarray(((which < scores[:, None]) & known).sum(axis=1) / known.sum(axis=1))


def lens_table(asked: LensRequest, run: Run) -> LensTable:
    """The lens table of a library in a model, kept; missing experts are found first.

    Raises as `find`.
    """
    plan = plan_find(asked.find, run)
    if plan.record is None or plan.missing:
        run = run.at_hand(model=load_for(asked.find, run))
        for _ in find(asked.find, run):
            pass
        plan = plan_find(asked.find, run)
    return run.kept(LensTable, _key("lens table", asked, plan), lambda: _made(asked, plan, run))


def known_scores(asked: LensRequest, run: Run) -> LensScores:
    """The kept scores that a lens table is made with; raises NotKeptError where there are none."""
    plan = plan_find(asked.find, run)
    if plan.record is None or plan.missing:
        raise NotKeptError("the experts of some concepts are not found yet: find them first")
    key = _key("lens scores", asked, plan)
    return read_result(LensScores, run.at_hand(compute=False).kept_file(key, dict))


def _key(stage: str, asked: LensRequest, plan: Plan) -> ArtefactKey:
    fields: dict[str, Any] = {
        "results": plan.results,
        "tau": asked.tau,
        "own": asked.own,
        "others": asked.others,
    }
    if plan.pool is not None:
        fields["pool"] = plan.pool.digest
    label = f"lens of {plan.library.name} in {model_label(plan.known.name)}"
    return ArtefactKey(stage, VERSION, fields, "result" if stage == "lens scores" else "derived", label)


def _made(asked: LensRequest, plan: Plan, run: Run) -> LensTable:
    ids, means, deviations = [], [], []
    for found in find(plan.request, run.at_hand(progress=lambda *_: None)):
        chosen = _experts(found.expertise, asked.tau)
        ids.append(chosen)
        means.append(found.expertise.off_mean[chosen])
        spread = found.expertise.off_std[chosen]
        deviations.append(np.where(spread > 0, spread, np.inf).astype(np.float32))
    starts = np.concatenate([[0], np.cumsum([len(each) for each in ids])])
    none = np.empty((len(ids), 0), np.float32)
    table = LensTable(
        tuple(concept.key for concept in plan.concepts), starts, np.concatenate(ids), np.concatenate(means),
        np.concatenate(deviations), none, none,
    )  # fmt: skip
    key = _key("lens scores", asked, plan)
    scored = run.kept(LensScores, key, lambda: _scored(asked, plan, table, run))
    return replace(table, own=scored.own, others=scored.others)


def _scored(asked: LensRequest, plan: Plan, table: LensTable, run: Run) -> LensScores:
    """The scores of sentences that a text is held beside: the model reads them."""
    others = _spread(_without(plan), asked.others)
    own = [_spread(concept.positives, asked.own) for concept in plan.concepts]
    sentences = [*others, *(each for some in own for each in some)]
    scores = _scores(table, plan, sentences, run)
    rows, first = [], len(others)
    for number, some in enumerate(own):
        rows.append(scores[first : first + len(some), number])
        first += len(some)
    without = [
        np.array(
            [score for text, score in zip(others, scores[:, number]) if not mentions(text, concept.name)]
        )
        for number, concept in enumerate(plan.concepts)
    ]
    return LensScores(_ragged(rows), _ragged(without))


def _without(plan: Plan) -> tuple[str, ...]:
    """Sentences that most concepts are not in: the pool's, else the negatives that the concepts bring."""
    if plan.pool is not None:
        return plan.pool.sentences
    return tuple(dict.fromkeys(text for concept in plan.concepts for text in concept.negatives or ()))


def _experts(expertise: Expertise, tau: float) -> np.ndarray:
    """A concept's experts outside the token-only modules, where there are others."""
    outside = not expertise.units.token_only.all()
    members = expert_set(expertise, tau, without_token_only=outside).unit_ids
    if len(members) >= LEAST:
        return np.asarray(members)
    most = min(LEAST, int(np.count_nonzero(~expertise.units.token_only if outside else expertise.ap >= 0)))
    return np.sort(top_experts(expertise, most, without_token_only=outside))


def _scores(table: LensTable, plan: Plan, sentences: Sequence[str], run: Run) -> np.ndarray:
    """`[sentences, concepts]` scores; the responses of some sentences are in memory at a time."""
    model, units = load_for(plan.request, run), plan.known.units
    wanted, found = table.pooled_ids, []
    modules = units.module_of[wanted]
    columns = [(p, wanted[modules == p] - units.offsets[p]) for p in np.unique(modules).tolist()]
    for first in range(0, len(sentences), _CHUNK):
        run.check("stopped while sentences were read for the lens")
        run.progress(first, len(sentences), "reading sentences for the lens")
        made = run_model(plan.request, model, sentences[first : first + _CHUNK], cancelled=run.cancelled)
        parts = [made.values[position][:, places] for position, places in columns]
        arrays = [each if isinstance(each, np.ndarray) else each.cpu().numpy() for each in parts]
        found.append(table.scores(np.concatenate(arrays, axis=1)))
    return np.concatenate(found)


def _spread(sentences: Sequence[str], count: int) -> tuple[str, ...]:
    """At most `count` sentences, evenly over the whole."""
    if len(sentences) <= count:
        return tuple(sentences)
    return tuple(sentences[number * len(sentences) // count] for number in range(count))


def _ragged(rows: Sequence[np.ndarray]) -> np.ndarray:
    """Rows of different lengths as one array, each ascending, filled up with NaN."""
    made = np.full((len(rows), max(1, *(len(row) for row in rows))), np.nan, dtype=np.float32)
    for number, row in enumerate(rows):
        made[number, : len(row)] = np.sort(row)
    return made

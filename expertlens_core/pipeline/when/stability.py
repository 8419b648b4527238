"""Stability: do other sentences give the same experts, and how many sentences are enough?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from ...analysis.enough import SHARE, Enough, enough
from ...analysis.stability import (
    RESAMPLES,
    Compared,
    FoldLabels,
    Overlaps,
    fold_interval,
    jaccard_matrix,
    overlaps,
)
from ...artefacts import ArtefactKey, digest_of
from ...errors import InputError
from ...models.label import model_label
from ...run import NotKeptError, Run
from ..finding.concept_expertise import Session
from ..finding.expertise_file import library_versions
from ..finding.plan import Plan, plan_find
from .fold_sets import FoldSets, Reader, fold_key, fold_sets
from .stability_request import FoldPlan, StabilityRequest, fold_plan, sources_of

VERSION = 1


@dataclass(frozen=True)
class StabilityRow:
    """Agreement of expert sets in one cell of the grid."""

    compared: Literal["within", "between", "across"]
    """Folds of a concept, a concept's folds of two sources, or folds of two concepts."""
    source: str
    """all, facts or stories; two of them for ``between``."""
    positives: int
    negatives: int
    drawn: int | None
    """The negative size that was asked for; None: 2.5 for each positive."""
    tau: float
    jaccard: float
    """Mean over the concepts or pairs of concepts."""
    low: float
    high: float
    """95 % bootstrap interval over concepts; NaN with fewer than two."""
    groups: int
    """Concepts, or pairs of concepts."""
    folds: int
    """Most folds of a concept."""
    pairs: int
    """Pairs of folds."""
    empty: int
    """Pairs of two empty sets, which count as 0."""
    shared_positives: float
    """Mean share of a fold's positive sentences that the fold beside it has as well."""
    shared_negatives: float


@dataclass(frozen=True)
class ConceptRow:
    """One concept in one cell of the grid."""

    concept: str
    source: str
    positives: int
    negatives: int
    drawn: int | None
    tau: float
    jaccard: float
    """Mean over pairs of folds; NaN with one fold."""
    low: float
    high: float
    """95 % bootstrap interval over folds; NaN with fewer than three."""
    folds: int
    experts: float
    """Mean size of the expert sets."""
    fewest: int
    most: int


@dataclass(frozen=True)
class Stability:
    """What a grid shows (docs/method.md, section 8; paper v4, section 3)."""

    concepts: tuple[str, ...]
    rows: tuple[StabilityRow, ...]
    by_concept: tuple[ConceptRow, ...]
    enough: tuple[Enough, ...]
    """For each source, negative size and tau."""
    read: int
    """Sentences that the model read, each once."""
    reading: float
    """Seconds of that."""
    sets: int
    """Expert sets that were scored."""
    scoring: float
    """Seconds of that."""
    about: dict[str, Any]

    @property
    def ratio(self) -> float:
        """Seconds of scoring / seconds of reading."""
        return self.scoring / self.reading if self.reading else float("nan")


def stability(asked: StabilityRequest, run: Run) -> Stability:
    """The stability grid of some concepts: each sentence is read once, then every fold is scored from its responses.

    Finished concepts are kept, and so are the responses of sentences that concepts share: a run that is stopped or
    killed goes on where it was.

    Raises InputError as `find`, for facts or stories that the library does not tell apart, for sizes of which no
    concept has two folds, or for a pooling that leaves sentences out; `NotKeptError` where nothing may be computed.
    """
    if asked.find.pooling == "selfcond-2022":
        raise InputError(
            "pooling selfcond-2022 leaves long sentences out, so folds would differ in size: choose max"
        )
    plan = plan_find(asked.find, run)
    if not run.compute and plan.record is None:
        raise NotKeptError("the stability of these concepts has not been measured yet")
    session = Session(plan, run)
    if plan.record is None:
        run = run.at_hand(model=session.model)
        session = Session(plan_find(asked.find, run), run)
        plan = session.plan
    folds = _fold_plans(asked, plan)
    keys = {each.concept.key: fold_key(asked, plan, each) for each in folds}
    label = f"stability of {plan.library.name} in {model_label(plan.known.name)}"
    fields: dict[str, Any] = {
        "concepts": digest_of([[name, key.digest] for name, key in keys.items()]),
        "taus": digest_of(list(asked.taus)),
        "resamples": RESAMPLES,
        "share": SHARE,
    }
    key = ArtefactKey("stability", VERSION, fields, "derived", label)
    return run.kept(Stability, key, lambda: _made(asked, session, folds, keys))


def _fold_plans(asked: StabilityRequest, plan: Plan) -> list[FoldPlan]:
    sources = sources_of(asked, plan.concepts)
    made = [fold_plan(asked, plan, concept, sources) for concept in plan.concepts]
    made = [each for each in made if each.cells]
    if not any(cell.folds > 1 for each in made for cell in each.cells):
        least, supply = min(asked.sizes), min(len(plan.positives(each)) for each in plan.concepts)
        raise InputError(
            f"no concept has two sets of {least} sentences to compare (the fewest are {supply}): take smaller sizes, "
            f"at most {supply // 2}, or let the sets share sentences (sharing)"
        )
    return made


def _made(
    asked: StabilityRequest, session: Session, folds: Sequence[FoldPlan], keys: dict[str, ArtefactKey]
) -> Stability:
    found = list(_sets(asked, session, folds, keys))
    costs = session.run.artefacts.documents.get(_cost_name(keys)) or {"read": 0, "seconds": 0.0}
    rows, by_concept, answers = _grid(asked, found, session.plan.known.units.count)
    plan, record = session.plan, session.plan.known
    about = {
        "model": record.name,
        "revision": record.revision,
        "digest": record.digest,
        "library": plan.library.name,
        "library_digest": plan.library.digest,
        "pool": "" if plan.pool is None else plan.pool.name,
        "units": record.units.count,
        "device": record.device,
        "ap": "as it is" if asked.raw else "at prevalence 2/7",
        "request": asked.find.to_json(),
        "grid": asked.to_json(),
        "versions": library_versions(),
    }
    return Stability(
        tuple(each.concept for each in found), rows, by_concept, answers,
        sum(each.read for each in found) + costs["read"],
        sum(each.reading for each in found) + costs["seconds"],
        sum(cell.folds for each in found for cell in each.cells), sum(each.scoring for each in found), about,
    )  # fmt: skip


def _sets(
    asked: StabilityRequest, session: Session, folds: Sequence[FoldPlan], keys: dict[str, ArtefactKey]
) -> Iterator[FoldSets]:
    run = session.run
    missing = frozenset(name for name, key in keys.items() if not run.artefacts.has(key))
    if not missing:
        for each in folds:
            yield run.kept(FoldSets, keys[each.concept.key], _not_now)
        return
    run = run.at_hand(model=session.model)
    known, session = session.plan.known, Session(plan_find(asked.find, run), run)
    if session.plan.known.digest != known.digest:
        raise InputError(f"model {asked.find.model!r} has changed since it was last loaded: start again")
    reader = Reader(session, folds, missing, _cost_name(keys))
    common = reader.common()
    for number, each in enumerate(folds, 1):
        run.check(f"stopped after {number - 1} of {len(folds)} concepts")
        plan = each
        yield run.kept(FoldSets, keys[each.concept.key], lambda: fold_sets(asked, plan, reader, common))  # noqa: B023


def _not_now() -> FoldSets:
    raise AssertionError("the fold sets are kept")


def _cost_name(keys: dict[str, ArtefactKey]) -> str:
    """Name of the document that keeps what reading the common sentences cost."""
    return f"stability reading/{digest_of([key.digest for key in keys.values()])}"


def _grid(
    asked: StabilityRequest, found: Sequence[FoldSets], units: int
) -> tuple[tuple[StabilityRow, ...], tuple[ConceptRow, ...], tuple[Enough, ...]]:
    """Rows of every cell, of every concept in it, and the answers."""
    sizes = list(dict.fromkeys((c.positives, c.drawn) for each in found for c in each.cells))
    rows: list[StabilityRow] = []
    by_concept: list[ConceptRow] = []
    for positives, drawn in sorted(sizes, key=lambda size: (size[1] or 0, size[0])):
        for tau in asked.taus:
            made = _cell_rows(found, positives, drawn, tau, units)
            rows += made[0]
            by_concept += made[1]
    curves: dict[tuple[str, int | None, float], dict[int, float]] = {}
    for row in rows:
        if row.compared == "within":
            curves.setdefault((row.source, row.drawn, row.tau), {})[row.positives] = row.jaccard
    answers = (enough(curve, tau, source, drawn) for (source, drawn, tau), curve in curves.items())
    return tuple(rows), tuple(by_concept), tuple(answers)


def _cell_rows(
    found: Sequence[FoldSets], positives: int, drawn: int | None, tau: float, units: int
) -> tuple[list[StabilityRow], list[ConceptRow]]:
    """All comparisons of one pair of sizes at one tau, over all sources."""
    sets: list[np.ndarray] = []
    where: list[tuple[int, int, int]] = []
    cells: dict[tuple[int, int], Any] = {}
    names = list(dict.fromkeys(c.source for each in found for c in each.cells))
    for concept, each in enumerate(found):
        for number, cell in enumerate(each.cells):
            if (cell.positives, cell.drawn) == (positives, drawn):
                members = each.sets(number, tau)
                cells[concept, names.index(cell.source)] = cell
                where += [(concept, names.index(cell.source), fold) for fold in range(len(members))]
                sets += members
    matrix = jaccard_matrix(sets, units)
    labels = FoldLabels(*np.array(where, dtype=np.int64).reshape(-1, 3).T)
    rows, by_concept = [], []
    for source, name in enumerate(names):
        mine = [cell for (_, its), cell in cells.items() if its == source]
        if not mine:
            continue
        both: tuple[Compared, Compared] = ("within", "across")
        for compared in both:
            made = overlaps(matrix, labels, compared, (source, source))
            rows.append(_row(compared, name, mine, drawn, tau, made))
        for (concept, its), cell in cells.items():
            if its == source:
                here = np.flatnonzero((labels.concept == concept) & (labels.source == source))
                by_concept.append(_concept_row(found[concept].concept, cell, tau, matrix[np.ix_(here, here)],
                                               [len(sets[i]) for i in here]))  # fmt: skip
    if {"facts", "stories"} <= set(names):
        pair = names.index("facts"), names.index("stories")
        mine = [cell for (_, its), cell in cells.items() if its in pair]
        if mine:
            made = overlaps(matrix, labels, "between", pair)
            rows.append(_row("between", "facts and stories", mine, drawn, tau, made))
    return rows, by_concept


def _row(
    compared: Any, source: str, cells: Sequence[Any], drawn: int | None, tau: float, made: Overlaps
) -> StabilityRow:
    within = compared == "within"
    return StabilityRow(
        compared, source, cells[0].positives, cells[0].negatives, drawn, tau, made.mean, *made.interval(),
        len(made.values), max(cell.folds for cell in cells), made.pairs, made.empty,
        float(np.mean([cell.shared_positives for cell in cells])) if within else float("nan"),
        float(np.mean([cell.shared_negatives for cell in cells])) if within else float("nan"),
    )  # fmt: skip


def _concept_row(concept: str, cell: Any, tau: float, matrix: np.ndarray, sizes: Sequence[int]) -> ConceptRow:
    pairs = np.nan_to_num(matrix[np.triu_indices(len(matrix), 1)])
    return ConceptRow(
        concept, cell.source, cell.positives, cell.negatives, cell.drawn, tau,
        float(pairs.mean()) if len(pairs) else float("nan"), *fold_interval(matrix), len(matrix),
        float(np.mean(sizes)), min(sizes), max(sizes),
    )  # fmt: skip

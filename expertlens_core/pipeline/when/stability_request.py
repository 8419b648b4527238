"""The request of a stability grid, and the folds of one concept's sentences that it asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Literal

from ...concepts import Concept, Library, usual_negatives
from ...concepts.folds import fold_rows, shared_share
from ...concepts.negative_draw import allowed_rows
from ...errors import InputError
from ...experts.expert_set import TAUS
from ...request import Field, Names, Request, Tau, request
from ..finding.plan import Plan
from ..finding.request import FindRequest

Source = Literal["all", "facts", "stories"]
SOURCES: tuple[Source, ...] = ("all", "facts", "stories")
KIND = {"facts": "fact", "stories": "story"}


@request
class StabilityRequest(Request):
    """How much do the experts depend on the sentences? Sizes x folds x sources (docs/method.md, section 8)."""

    find: FindRequest = FindRequest()
    """How experts are found; its names are the concepts, default all."""
    sizes: tuple[Annotated[int, Field(ge=2)], ...] = (25, 50, 100)
    """Sizes of the positive set."""
    negative_sizes: tuple[Annotated[int, Field(ge=2)], ...] = ()
    """Sizes of the negative set, each for every positive size; default 2.5 for each positive."""
    folds: int = Field(default=8, ge=1, le=100)
    """Sets of sentences of each size at most; there are fewer where they would share a positive sentence."""
    sharing: bool = False
    """As many folds as asked for, even where they share positive sentences; how many they share is told."""
    sources: Annotated[tuple[Source, ...], *Names.__metadata__] = ()
    """all, facts, stories; default all, and facts and stories where the library tells them apart."""
    taus: tuple[Tau, ...] = TAUS
    """Thresholds on AP."""
    raw: bool = False
    """Compare AP as it is, though the sizes may have unequal shares of positives; default read at prevalence 2/7."""


@dataclass(frozen=True)
class Cell:
    """One point of the grid for one concept."""

    source: Source
    positives: int
    negatives: int
    drawn: int | None
    """The negative size that was asked for; None: 2.5 for each positive."""
    folds: int
    shared_positives: float
    """Mean share of a fold's positives that another fold has as well."""
    shared_negatives: float


@dataclass(frozen=True, eq=False)
class FoldPlan:
    """The folds of one concept's sentences."""

    concept: Concept
    positives: tuple[str, ...]
    """The supply, distinct."""
    negatives: tuple[str, ...]
    cells: tuple[Cell, ...]
    on: tuple[tuple[tuple[int, ...], ...], ...]
    """Per cell and fold: rows of `positives`."""
    off: tuple[tuple[tuple[int, ...], ...], ...]
    """Per cell and fold: rows of `negatives`."""

    @property
    def sentences(self) -> tuple[str, ...]:
        """All that some fold takes, each once."""
        rows = sorted({row for cell in self.on for fold in cell for row in fold})
        others = sorted({row for cell in self.off for fold in cell for row in fold})
        chosen = [self.positives[row] for row in rows] + [self.negatives[row] for row in others]
        return tuple(dict.fromkeys(chosen))


def sources_of(asked: StabilityRequest, concepts: tuple[Concept, ...]) -> tuple[Source, ...]:
    """The sources of the grid, in their order.

    Raises InputError for facts or stories where no concept's sentences are told apart.
    """
    known = {kind for concept in concepts for kind in concept.kinds}
    told = tuple(source for source in SOURCES if source == "all" or KIND[source] in known)
    if missing := set(asked.sources) - set(told):
        raise InputError(
            f"sources is {sorted(missing)[0]!r}: this library does not tell facts from stories, so expected all, or "
            "a library whose sentences have kinds, such as everyday"
        )
    if asked.sources:
        return tuple(source for source in SOURCES if source in asked.sources)
    return told if len(told) == len(SOURCES) else ("all",)


def fold_plan(asked: StabilityRequest, plan: Plan, concept: Concept, sources: tuple[Source, ...]) -> FoldPlan:
    """The folds of a concept in every cell of the grid; a cell whose supply does not make one fold is left out."""
    used, kind_of = set(plan.positives(concept)), dict(zip(concept.positives, concept.kinds))
    positives = tuple(dict.fromkeys(text for text in concept.positives if text in used))
    negatives = tuple(dict.fromkeys(concept.negatives or ()))
    if not negatives:
        pool = plan.drawn_from
        negatives = tuple(pool.sentences[row] for row in allowed_rows(pool, concept))
    salt = f"{asked.find.seed}\n{concept.key}"
    wanted: list[int | None] = [*sorted(set(asked.negative_sizes))] or [None]
    cells: list[Cell] = []
    on, off = [], []
    facts: dict[tuple[int, int | None], int] = {}
    options: dict[str, Any]
    for source in sources:
        rows = [i for i, text in enumerate(positives) if source == "all" or kind_of.get(text) == KIND[source]]
        supply, kinds = [positives[i] for i in rows], [kind_of.get(positives[i], "") for i in rows]
        for size in sorted(set(asked.sizes)):
            options = {"kinds": kinds, "salt": f"{salt}\npositives", "sharing": asked.sharing}
            with_it = fold_rows(supply, size, asked.folds, **options)
            for drawn in wanted:
                count = min(drawn or usual_negatives(size), len(negatives))
                if not with_it or count < 2:
                    continue
                # Stories are held against facts, so their folds take the negatives after those of the facts.
                skipped = facts.get((size, drawn), 0) if source == "stories" else 0
                options = {"salt": f"{salt}\nnegatives", "sharing": True}
                dealt = fold_rows(negatives, count, skipped + len(with_it), **options)
                without = tuple(dealt[(skipped + i) % len(dealt)] for i in range(len(with_it)))
                if source == "facts":
                    facts[size, drawn] = len(with_it)
                shares = shared_share(with_it), shared_share(without)
                cells.append(Cell(source, size, count, drawn, len(with_it), *shares))
                on.append(tuple(tuple(rows[i] for i in fold) for fold in with_it))
                off.append(without)
    return FoldPlan(concept, positives, negatives, tuple(cells), tuple(on), tuple(off))


def spread_concepts(library: Library, most: int = 10) -> tuple[str, ...]:
    """Keys of some concepts that stand for a library: the first of each domain that is not a broader one.

    Where there are fewer than two domains: some that lie evenly over its order.
    """
    broader = {concept.broader for concept in library}
    first = [next((key for key in keys if key not in broader), keys[0]) for keys in library.domains.values()]
    chosen = first if len(first) > 1 else library.keys
    count = min(most, len(chosen))
    return tuple(chosen[number * len(chosen) // count] for number in range(count))

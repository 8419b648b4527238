"""What a stability grid shows: agreement of expert sets in every cell, and how many sentences are enough."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .enough import Enough
from .stability import Compared


@dataclass(frozen=True)
class StabilityRow:
    """Agreement of expert sets in one cell of the grid."""

    compared: Compared
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
    experts: float
    """Mean size of the expert sets, over the concepts; NaN but within concepts."""
    experts_low: float
    experts_high: float
    """95 % bootstrap interval over concepts."""


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

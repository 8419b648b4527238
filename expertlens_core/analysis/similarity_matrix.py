"""The similarity matrix: one number for every pair of concepts."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal, get_args

import numpy as np

from ..errors import InputError

Measure = Literal["jaccard", "cosine", "cosine-adjusted", "cosine-prevalence", "kl"]
MEASURE_NAMES: tuple[Measure, ...] = get_args(Measure)
DIVERGENCES = ("kl",)
"""Measures that are small where two concepts are alike; every other one is large there."""


@dataclass(frozen=True, eq=False)
class SimilarityMatrix:
    """How alike the concepts of a library are, by one measure. Arrays are read-only."""

    concepts: tuple[str, ...]
    """Keys of the concepts, in the order of the matrix."""
    measure: str
    """One of `Measure`, or the name of a baseline such as ``"tf-idf"``."""
    tau: float | None
    """Threshold of the expert sets; None for a measure without one."""
    values: np.ndarray
    """`[concepts, concepts]` float64, symmetric."""
    empty_unions: int = 0
    """Pairs of two different concepts without a single expert between them; their Jaccard stands at 0."""
    units: int = 0
    """Number of units (or dimensions) compared."""
    source: str = ""
    """Model, checkpoint or text that it came from, for charts that hold several."""
    set_sizes: np.ndarray | None = None
    """`[concepts]` number of experts, where the measure compares sets."""

    def __post_init__(self) -> None:
        count = len(self.concepts)
        if self.values.shape != (count, count):
            raise ValueError(f"similarity of {count} concepts: got values of shape {self.values.shape}")
        for array in (self.values, self.set_sizes):
            if array is not None:
                array.flags.writeable = False

    @property
    def label(self) -> str:
        """Measure and tau in one string: ``jaccard > 0.5``."""
        return self.measure if self.tau is None else f"{self.measure} > {self.tau:g}"

    @property
    def is_divergence(self) -> bool:
        """True where small values mean alike."""
        return self.measure in DIVERGENCES

    @property
    def likeness(self) -> np.ndarray:
        """`[concepts, concepts]` the values, negated for a divergence: large means alike."""
        return -self.values if self.is_divergence else self.values

    @cached_property
    def position(self) -> dict[str, int]:
        """Concept key → row."""
        return {concept: row for row, concept in enumerate(self.concepts)}

    @property
    def pair_values(self) -> np.ndarray:
        """`[pairs]` values of all pairs of two different concepts, row by row above the diagonal."""
        return self.values[np.triu_indices(len(self.concepts), 1)]

    def between(self, first: str, second: str) -> float:
        """The value of one pair of concepts; raises InputError for one that the matrix does not hold."""
        return float(self.values[self._row(first), self._row(second)])

    def nearest(self, concept: str, count: int = 10) -> tuple[tuple[str, float], ...]:
        """The concepts most like one concept, with their values; ties by library order."""
        row = self._row(concept)
        order = np.argsort(-self.likeness[row], kind="stable")
        chosen = [int(other) for other in order if other != row][:count]
        return tuple((self.concepts[other], float(self.values[row, other])) for other in chosen)

    def _row(self, concept: str) -> int:
        try:
            return self.position[concept]
        except KeyError:
            raise InputError(
                f"no concept {concept!r} among the {len(self.concepts)} compared: "
                "choose one of them, or add it to the library and find its experts"
            ) from None

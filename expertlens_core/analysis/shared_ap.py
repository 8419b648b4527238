"""AP of the experts that two concepts share and of those that they do not, over all pairs of a library."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import InputError
from .ranks import percentile_interval

BINS = 25
RESAMPLES = 10_000


@dataclass(frozen=True, eq=False)
class SharedAp:
    """AP of shared and unshared experts, each expert counted once for every pair and concept."""

    tau: float
    pairs: int
    edges: np.ndarray
    """`[bins + 1]` from tau to 1; as numpy reads them."""
    shared_ap: np.ndarray
    """`[bins]` int64 AP of shared experts, two entries for each: one per concept."""
    unshared_ap: np.ndarray
    """`[bins]` int64 AP of each concept's experts that the other lacks."""
    shared_mean: float
    """NaN where no pair shares an expert."""
    shared_low: float
    shared_high: float
    """95 % bootstrap interval over concepts."""
    unshared_mean: float
    unshared_low: float
    unshared_high: float
    difference: float
    """Mean of the shared − mean of the unshared."""
    difference_low: float
    difference_high: float

    @property
    def sentence(self) -> str:
        """What the means say."""
        if math.isnan(self.difference):
            none = "a shared expert" if math.isnan(self.shared_mean) else "an expert that is not shared"
            return f"At tau {self.tau:g} none of the {self.pairs:,} pairs has {none}."
        way = "neither a clearly higher nor a clearly lower AP"
        if self.difference_low > 0 or self.difference_high < 0:
            way = "a higher AP" if self.difference_low > 0 else "a lower AP"
        return (
            f"Experts that two concepts share have {way} than the others at tau {self.tau:g}: {self.shared_mean:.3f} "
            f"against {self.unshared_mean:.3f} in the mean, over {self.pairs:,} pairs."
        )


def shared_ap(
    ap: np.ndarray,
    pairs: Sequence[tuple[int, int]],
    tau: float,
    *,
    unit_mask: np.ndarray | None = None,
    seed: int = 0,
) -> SharedAp:
    """AP of shared and unshared experts over some pairs of concepts.

    An expert of a concept counts once for each of its pairs: as shared where the other concept has it too. Summed unit
    by unit, without a loop over pairs, which gives the same numbers.

    Args:
        ap: `[concepts, units]` float64.
        pairs: numbers of the two concepts of each pair, each pair once.
        tau: experts lie strictly above it.
        unit_mask: `[units]` True for the units to take; None takes all.
        seed: of the bootstrap, which draws concepts.

    Raises InputError without a pair. Source: docs/method.md, section 8; paper v4, figures 7, 29 and 30.
    """
    if not pairs:
        raise InputError("there is no pair of concepts to look at: expected at least two concepts")
    concepts = len(ap)
    related = np.zeros((concepts, concepts), dtype=np.int64)
    for first, second in pairs:
        related[first, second] += 1
        related[second, first] += 1
    members = np.stack([_above(row, tau, unit_mask) for row in ap])
    others = related.astype(np.float32) @ members.astype(np.float32)
    edges = np.linspace(tau, 1.0, BINS + 1)
    shared, unshared = np.zeros(BINS, np.int64), np.zeros(BINS, np.int64)
    sums, counts = np.zeros((concepts, concepts)), np.zeros((concepts, concepts))
    for concept, row in enumerate(ap):
        ids = np.flatnonzero(members[concept])
        values = np.asarray(row[ids])
        place = np.clip(np.searchsorted(edges, values, side="right") - 1, 0, BINS - 1)
        both = np.rint(others[concept, ids]).astype(np.int64)
        alone = related[concept].sum() - both
        shared += np.bincount(place, both, BINS).astype(np.int64)
        unshared += np.bincount(place, alone, BINS).astype(np.int64)
        inside = members[:, ids]
        sums[concept], counts[concept] = inside @ values, inside.sum(axis=1)
    own_sum, own_count = sums.diagonal(), counts.diagonal()
    tables = np.stack([sums, counts, own_sum[:, None] - sums, own_count[:, None] - counts]) * related
    means = _means(tables.sum(axis=(1, 2))[None])
    ends = [percentile_interval(column) for column in _resampled(tables, seed).T]
    told = [value for mean, end in zip(means[0].tolist(), ends) for value in (mean, *end)]
    return SharedAp(tau, len(pairs), edges, shared, unshared, *told)


def _above(row: np.ndarray, tau: float, unit_mask: np.ndarray | None) -> np.ndarray:
    above = np.asarray(row) > tau
    return above if unit_mask is None else above & unit_mask


def _means(totals: np.ndarray) -> np.ndarray:
    """`[rows, 3]` mean AP of the shared, of the unshared, and the difference; NaN for none."""
    sums, counts = totals[:, ::2], totals[:, 1::2]
    means = np.divide(sums, counts, out=np.full(sums.shape, math.nan), where=counts > 0)
    return np.column_stack([means, means[:, 0] - means[:, 1]])


def _resampled(tables: np.ndarray, seed: int) -> np.ndarray:
    """`[resamples, 3]` the same with concepts drawn with replacement; a pair counts as often as both were drawn."""
    concepts = tables.shape[1]
    drawn = np.random.default_rng(seed).multinomial(concepts, np.full(concepts, 1 / concepts), RESAMPLES)
    weights = drawn.astype(np.float64)
    totals = [np.einsum("rc,rc->r", weights @ table, weights) for table in tables]
    return _means(np.stack(totals, axis=1))

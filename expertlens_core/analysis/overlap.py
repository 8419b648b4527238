"""Overlap beyond what the sizes of two expert sets make likely."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..models.units import Units
from .expert_bits import add_shared, pack
from .expertise_matrix import check_expertise
from .similarity import blocks


@dataclass(frozen=True, eq=False)
class Overlap:
    """Shared experts of all pairs of concepts, beside what chance within each module would give."""

    concepts: tuple[str, ...]
    tau: float
    observed: np.ndarray
    """`[concepts, concepts]` int64 number of shared experts; the set sizes on the diagonal."""
    expected: np.ndarray
    """`[concepts, concepts]` float64 mean number shared if each concept's experts were any units of the same
    modules: the sum over modules of a b / width."""
    unrelated: np.ndarray
    """`[concepts, concepts]` True for pairs that count as unrelated."""

    def __post_init__(self) -> None:
        for array in (self.observed, self.expected, self.unrelated):
            array.flags.writeable = False

    @property
    def ratio(self) -> np.ndarray:
        """`[concepts, concepts]` observed / expected; NaN where nothing is expected."""
        empty = np.full(self.expected.shape, np.nan)
        return np.divide(self.observed, self.expected, out=empty, where=self.expected > 0)

    def rank(self, first: str, second: str) -> tuple[int, int]:
        """Place of a pair's ratio among the unrelated pairs, and how many of those there are.

        The place is 1 + the number of other unrelated pairs whose ratio is at least as large, so 1 of 1,000
        means that no unrelated pair shares as much. Pairs without a ratio are not counted; a pair that has
        none itself comes last.
        """
        row, column = self.concepts.index(first), self.concepts.index(second)
        ratio = self.ratio
        others = np.triu(self.unrelated, 1)
        others[min(row, column), max(row, column)] = False
        values = ratio[others]
        values = values[~np.isnan(values)]
        own = ratio[row, column]
        if np.isnan(own):
            return len(values) + 1, len(values)
        return 1 + int(np.count_nonzero(values >= own)), len(values)


def overlap(
    ap: np.ndarray,
    concepts: Sequence[str],
    units: Units,
    tau: float = 0.5,
    *,
    domains: Mapping[str, str] | None = None,
    unit_mask: np.ndarray | None = None,
) -> Overlap:
    """Observed and expected overlap of all pairs of expert sets.

    expected = sum over modules of a b / width, the mean of a hypergeometric within each module. A p-value of
    the hypergeometric is not given: experts gather in some layers and kinds for any concept, and half of
    unrelated pairs would pass p < 0.001.

    Args:
        ap: `[concepts, units]` average precision.
        concepts: their keys.
        units: the table of units, for the modules.
        tau: threshold.
        domains: concept → domain. Pairs of two different domains are unrelated; without it every pair is.
        unit_mask: `[units]` True for the units to compare; widths count those only.

    Raises:
        InputError: as `similarities`.

    Source: METHOD section 5 (significance of an overlap).
    """
    check_expertise(ap, concepts, unit_mask, [tau])
    count = len(concepts)
    shared = np.zeros((count, count), dtype=np.int64)
    for block in blocks(ap, unit_mask):
        add_shared(pack(block > tau), shared)
    observed = np.tril(shared) + np.tril(shared, -1).T
    sizes = np.empty((count, len(units.modules)))
    widths = np.empty(len(units.modules))
    for number, (start, stop) in enumerate(zip(units.offsets[:-1], units.offsets[1:])):
        kept = slice(None) if unit_mask is None else unit_mask[start:stop]
        members = ap[:, start:stop][:, kept] > tau
        sizes[:, number] = np.count_nonzero(members, axis=1)
        widths[number] = members.shape[1]
    expected = (sizes / np.maximum(widths, 1)) @ sizes.T
    return Overlap(tuple(concepts), tau, observed, expected, _unrelated(concepts, domains))


def _unrelated(concepts: Sequence[str], domains: Mapping[str, str] | None) -> np.ndarray:
    if domains is None:
        return ~np.eye(len(concepts), dtype=bool)
    named = np.array([domains.get(concept, "") for concept in concepts], dtype=object)
    known = named != ""
    return (named[:, None] != named[None, :]) & known[:, None] & known[None, :]

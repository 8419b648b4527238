"""Overlap beyond what the sizes of two expert sets make likely."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..models.units import Units
from .expertise_matrix import add_shared, check_expertise
from .similarity import blocks


@dataclass(frozen=True, eq=False)
class Overlap:
    """Shared experts of all pairs of concepts, beside what chance within each module would give.

    Arrays are `[concepts, concepts]` and read-only.
    """

    concepts: tuple[str, ...]
    tau: float
    observed: np.ndarray
    """int64 number of shared experts; the set sizes on the diagonal."""
    expected: np.ndarray
    """float64 mean number shared if each concept's experts were any units of the same modules: the sum over
    modules of a b / width."""
    unrelated: np.ndarray
    """True for pairs that count as unrelated."""

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
        means that no unrelated pair shares as much. Pairs without a ratio are not counted; one without comes
        last.
        """
        row, column = self.concepts.index(first), self.concepts.index(second)
        others = np.triu(self.unrelated, 1)
        others[min(row, column), max(row, column)] = False
        values = self.ratio[others]
        values = values[~np.isnan(values)]
        own = self.ratio[row, column]
        place = len(values) if np.isnan(own) else int(np.count_nonzero(values >= own))
        return 1 + place, len(values)


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

    `ap` is `[concepts, units]`; `unit_mask` `[units]` is True for the units to compare, and widths count
    those only. With `domains` (concept → domain) only pairs of two different domains are unrelated, else
    every pair is. Errors as `check_expertise`. Source: docs/method.md, section 5 (significance of an overlap).
    """
    check_expertise(ap, concepts, unit_mask, [tau])
    count = len(concepts)
    shared = np.zeros((count, count), dtype=np.int64)
    for block in blocks(ap, unit_mask):
        add_shared(block > tau, shared)
    observed = np.tril(shared) + np.tril(shared, -1).T
    sizes = np.empty((count, len(units.modules)))
    widths = np.empty(len(units.modules))
    for number, (start, stop) in enumerate(zip(units.offsets[:-1], units.offsets[1:])):
        kept = slice(None) if unit_mask is None else unit_mask[start:stop]
        members = ap[:, start:stop][:, kept] > tau
        sizes[:, number] = np.count_nonzero(members, axis=1)
        widths[number] = members.shape[1]
    expected = (sizes / np.maximum(widths, 1)) @ sizes.T
    if domains is None:
        unrelated = ~np.eye(count, dtype=bool)
    else:
        named = np.array([domains.get(concept, "") for concept in concepts], dtype=object)
        known = named != ""
        unrelated = (named[:, None] != named[None, :]) & known[:, None] & known[None, :]
    return Overlap(tuple(concepts), tau, observed, expected, unrelated)

"""Units alike: those whose AP over a library's concepts goes up and down with one unit's."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..errors import InputError

FEWEST = 3
"""Concepts that make a profile."""
BLOCK = 4096
"""Units that are read at a time."""


@dataclass(frozen=True, eq=False)
class AlikeUnits:
    """The units whose profiles are nearest to one unit's."""

    unit_ids: np.ndarray
    """`[units]` int64 flat unit ids, the nearest first; ties by flat unit id."""
    correlations: np.ndarray
    """`[units]` float64 Pearson correlation of the AP over the concepts."""


def alike_units(ap: np.ndarray, unit_id: int, count: int = 20) -> AlikeUnits:
    """The units with the highest correlation of AP over concepts with one unit, itself left out.

    r = sum of (x - mean x) (y - mean y) / (|x - mean x| |y - mean y|) over concepts. A unit whose AP is the same for
    all concepts has no correlation and is never among them.

    Args:
        ap: `[concepts, units]`, possibly memory-mapped; read once, in blocks of units.
        unit_id: flat id.
        count: how many at most.

    Raises InputError for fewer than three concepts, or a unit whose AP is the same for all of them.
    """
    concepts, units = ap.shape
    if concepts < FEWEST:
        raise InputError(
            f"{concepts} concepts have results: expected at least {FEWEST} to compare the profiles of units"
        )
    own = np.array(ap[:, unit_id], dtype=np.float64)
    own -= own.mean()
    size = float(np.sqrt(own @ own))
    if size == 0:
        raise InputError("the unit has the same AP for all concepts, so it has no profile to compare")
    found = np.empty(units)
    for first in range(0, units, BLOCK):
        block = np.array(ap[:, first : first + BLOCK], dtype=np.float64)
        block -= block.mean(axis=0)
        sizes = np.sqrt(np.einsum("cu,cu->u", block, block)) * size
        np.divide(own @ block, sizes, out=found[first : first + BLOCK], where=sizes > 0)
        found[first : first + BLOCK][sizes == 0] = -np.inf
    found[unit_id] = -np.inf
    count = min(count, int(np.isfinite(found).sum()))
    if not count:
        return AlikeUnits(np.empty(0, np.int64), np.empty(0))
    lowest = np.partition(found, units - count)[units - count]
    candidates = np.flatnonzero(found >= lowest)
    order = candidates[np.argsort(-found[candidates], kind="stable")[:count]]
    return AlikeUnits(order, found[order])

"""The expertise matrix that comparisons start from: its checks, and its expert sets as bits."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import InputError

_BLOCK = 65536


@dataclass(frozen=True, eq=False)
class ExpertiseSummary:
    """What one reading of a `[concepts, units]` AP matrix tells."""

    units: int
    """Number of units that the mask keeps."""
    sums: np.ndarray
    """`[concepts]` float64 sum of AP over those units."""
    has_zeros: bool
    """True where some AP is exactly 0 (never so for a scored concept)."""


def check_expertise(
    ap: np.ndarray, concepts: Sequence[str], unit_mask: np.ndarray | None = None, taus: Sequence[float] = ()
) -> ExpertiseSummary:
    """Read the matrix `ap` `[concepts, units]` once: refuse what cannot be compared, and sum its rows.

    Raises InputError for shapes that do not fit, no concept or unit, a concept twice, a NaN, an AP outside
    [0, 1], or a tau outside [0, 1).
    """
    if ap.ndim != 2 or ap.shape[0] != len(concepts) or not len(concepts):
        raise InputError(
            f"expertise of shape {ap.shape} for {len(concepts)} concepts: expected one row per concept "
            "and one column per unit"
        )
    if len(set(concepts)) != len(concepts):
        twice = next(key for key in concepts if list(concepts).count(key) > 1)
        raise InputError(f"concept {twice!r} stands in the comparison twice: name each once")
    for tau in taus:
        if not 0 <= tau < 1:
            raise InputError(f"tau {tau}: expected a number from 0 to below 1, such as 0.5")
    if unit_mask is not None and (unit_mask.shape != (ap.shape[1],) or unit_mask.dtype != np.bool_):
        raise InputError(
            f"unit mask of shape {unit_mask.shape} and type {unit_mask.dtype} for {ap.shape[1]} units: "
            "expected one True or False per unit"
        )
    units = ap.shape[1] if unit_mask is None else int(np.count_nonzero(unit_mask))
    if not units:
        raise InputError("no unit to compare concepts by: choose a mask that keeps at least one")
    sums = np.zeros(len(concepts))
    has_zeros = False
    for start in range(0, ap.shape[1], _BLOCK):
        block = ap[:, start : start + _BLOCK]
        if unit_mask is not None:
            block = block[:, unit_mask[start : start + _BLOCK]]
        if not block.shape[1]:
            continue
        low, high = block.min(axis=1), block.max(axis=1)
        bad = ~((low >= 0) & (high <= 1))
        if bad.any():
            row = int(np.argmax(bad))
            what = "a NaN" if np.isnan(low[row]) else f"an AP of {low[row] if low[row] < 0 else high[row]:g}"
            raise InputError(
                f"the expertise of {concepts[row]!r} holds {what}: AP lies between 0 and 1, so find its "
                "experts again or leave the concept out"
            )
        has_zeros = has_zeros or bool((low == 0).any())
        sums += block.sum(axis=1, dtype=np.float64)
    return ExpertiseSummary(units, sums, has_zeros)


def pack(members: np.ndarray) -> np.ndarray:
    """`[sets, words]` uint64: the bits of `[sets, units]` bool, padded with zeros to whole words of 64."""
    packed = np.packbits(members, axis=1)
    if padding := -packed.shape[1] % 8:
        packed = np.pad(packed, ((0, 0), (0, padding)))
    return np.ascontiguousarray(packed).view(np.uint64)


def size(bits: np.ndarray) -> np.ndarray:
    """`[...]` int64 number of bits set along the last axis."""
    return np.bitwise_count(bits).sum(axis=-1, dtype=np.int64)


def add_shared(members: np.ndarray, shared: np.ndarray) -> None:
    """Add the sizes of all intersections of `[sets, units]` bool to the lower triangle of `shared`."""
    from .kernels import count_shared

    count_shared(pack(members), shared)

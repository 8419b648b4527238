"""Expert sets as bits: one row per concept, one bit per unit."""

from __future__ import annotations

import numpy as np


def pack(members: np.ndarray) -> np.ndarray:
    """Bits of boolean rows, padded with zeros to whole words.

    Args:
        members: `[sets, units]` bool.

    Returns:
        `[sets, words]` uint64, words = units / 64 rounded up.
    """
    packed = np.packbits(members, axis=1)
    padding = -packed.shape[1] % 8
    if padding:
        packed = np.pad(packed, ((0, 0), (0, padding)))
    return np.ascontiguousarray(packed).view(np.uint64)


def add_shared(bits: np.ndarray, shared: np.ndarray) -> None:
    """Add the sizes of all intersections to the lower triangle of `shared` (see `popcount.count_shared`)."""
    from .popcount import count_shared

    count_shared(bits, shared)


def size(bits: np.ndarray) -> np.ndarray:
    """`[...]` int64 number of bits set along the last axis of `bits`."""
    return np.bitwise_count(bits).sum(axis=-1, dtype=np.int64)

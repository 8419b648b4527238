"""The compiled inner loop of set overlap; imported on first use, because numba takes a second to import."""

# mypy: disable-error-code="no-untyped-def"

import numpy as np

from ..experts.kernel import compiled

_ODD = np.uint64(0x5555555555555555)
_PAIRS = np.uint64(0x3333333333333333)
_NIBBLES = np.uint64(0x0F0F0F0F0F0F0F0F)
_BYTES = np.uint64(0x0101010101010101)
_1, _2, _4, _56 = np.uint64(1), np.uint64(2), np.uint64(4), np.uint64(56)


@compiled()
def count_shared(bits, shared):
    """Add the number of common bits of every pair of rows to the lower triangle of `shared`.

    The bit count is written out, so that the compiler recognises it and uses the processor's own instruction.

    Args:
        bits: `[sets, words]` uint64, one bit per unit.
        shared: `[sets, sets]` int64, changed in place.
    """
    sets, words = bits.shape
    for i in range(sets):
        for j in range(i + 1):
            total = np.int64(0)
            for k in range(words):
                v = bits[i, k] & bits[j, k]
                v = v - ((v >> _1) & _ODD)
                v = (v & _PAIRS) + ((v >> _2) & _PAIRS)
                v = (v + (v >> _4)) & _NIBBLES
                total += np.int64((v * _BYTES) >> _56)
            shared[i, j] += total

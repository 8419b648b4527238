"""The compiled inner loops of set overlap and of the bootstrap; imported on first use: numba takes a second."""

# mypy: disable-error-code="no-untyped-def"

import numpy as np

from ..experts.kernel import compiled


@compiled()
def _mid_ranks(counts, group, groups, ranks, room):
    """Mid-ranks within a resample in which pair k occurs counts[k] times; ties share their mean rank."""
    room[:groups] = 0
    for k in range(counts.shape[0]):
        room[group[k]] += counts[k]
    below = np.int64(0)
    for g in range(groups):
        here = room[g]
        room[g] = 2 * below + here + 1
        below += here
    for k in range(counts.shape[0]):
        ranks[k] = 0.5 * room[group[k]]


@compiled()
def _spread(counts, ranks, middle):
    total = 0.0
    for k in range(counts.shape[0]):
        distance = ranks[k] - middle
        total += counts[k] * distance * distance
    return total


@compiled()
def resampled_rhos(counts, groups, sizes, out):
    """Spearman's rho of each row with row 0, in every resample, ranked anew within it.

    A resample is given by how often each pair occurs in it, so no sorting is needed: the groups of equal
    values are known beforehand, and their ranks follow from running sums.

    Args:
        counts: `[resamples, pairs]` int64 how often each pair occurs.
        groups: `[1 + measures, pairs]` int64 place of each value among the distinct values of its row.
        sizes: `[1 + measures]` int64 number of distinct values.
        out: `[resamples, measures]` float64; NaN where a resample is constant.
    """
    resamples, pairs = counts.shape
    rows = groups.shape[0]
    human = np.empty(pairs)
    ranks = np.empty(pairs)
    room = np.empty(pairs, np.int64)
    for b in range(resamples):
        here = counts[b]
        total = np.int64(0)
        for k in range(pairs):
            total += here[k]
        middle = 0.5 * (total + 1)
        _mid_ranks(here, groups[0], sizes[0], human, room)
        human_spread = _spread(here, human, middle)
        for row in range(1, rows):
            _mid_ranks(here, groups[row], sizes[row], ranks, room)
            spread = _spread(here, ranks, middle)
            product = 0.0
            for k in range(pairs):
                product += here[k] * (ranks[k] - middle) * (human[k] - middle)
            if spread > 0 and human_spread > 0:
                out[b, row - 1] = product / np.sqrt(spread * human_spread)
            else:
                out[b, row - 1] = np.nan


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

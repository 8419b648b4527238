"""The compiled inner loops of scoring; imported on first use, because numba takes a second to import."""

# mypy: disable-error-code="assignment,no-untyped-def"

from collections.abc import Callable
from typing import Any

import numba
import numpy as np

from .ties import WIDTH as _WIDTH

_TILE = 16
SUM_IN_ANY_ORDER = {"reassoc", "contract", "nsz"}
"""What LLVM may assume so that it adds in the order that is fastest."""


def compiled(fastmath: set[str] | bool = False) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Compile without the interpreter lock, and cache beside the source or in the user's folder.

    Where neither folder can be written, numba refuses to cache; the function is then compiled per process.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        try:
            return numba.njit(nogil=True, cache=True, fastmath=fastmath)(function)
        except RuntimeError:
            return numba.njit(nogil=True, fastmath=fastmath)(function)

    return decorate


@compiled()
def gather(source, rows, first, last, out):
    """Write `source[rows, first:last]` transposed to `out` `[units, sentences]`, tile by tile."""
    count = rows.shape[0]
    for row_start in range(0, count, _TILE):
        row_stop = min(row_start + _TILE, count)
        for column_start in range(first, last, _TILE):
            column_stop = min(column_start + _TILE, last)
            for position in range(row_start, row_stop):
                row = rows[position]
                for column in range(column_start, column_stop):
                    out[column - first, position] = source[row, column]


@compiled(SUM_IN_ANY_ORDER)
def _sum_precision(first_tied, above, weight):
    """Sum over positives of the precision at their threshold, positives counted `weight` times."""
    count = first_tied.shape[0]
    total = 0.0
    for i in range(count):
        hits = weight * (count - first_tied[i])
        total += hits / (hits + above[i])
    return total


@compiled()
def _average(first_tied, above, weight):
    """Mean precision; free of rounding where all positives are tied, so that AP = tau is not above tau."""
    positives = first_tied.shape[0]
    if first_tied[-1] == 0:
        return weight * positives / (weight * positives + above[0])
    return _sum_precision(first_tied, above, weight) / positives


@compiled()
def group_ties(x, y, below, tolerance, first_tied, under, upto):
    """The level of ties of each positive (see `ties`), from `below`, the negatives under each.

    Nearly every positive is alone, which two comparisons show; only runs of near neighbours are walked.

    Writes: `first_tied`, the first positive of its level; `under`, the negatives under the level; `upto`, the
    negatives up to its end.
    """
    positives, negatives = x.shape[0], y.shape[0]
    scale = max(abs(np.float64(y[negatives // 4])), abs(np.float64(y[3 * negatives // 4])))
    i = 0
    while i < positives:
        value, j = np.float64(x[i]), below[i]
        alone = j == 0 or value - y[j - 1] > tolerance * max(abs(value), scale)
        if alone and j < negatives:
            above = np.float64(y[j])
            alone = above - value > tolerance * max(abs(above), scale)
        if alone and i + 1 < positives:
            above = np.float64(x[i + 1])
            alone = above - value > tolerance * max(abs(above), scale)
        if alone:
            first_tied[i], under[i], upto[i] = i, j, j
            i += 1
        else:
            i = _walk_run(x, y, i, j, tolerance, scale, first_tied, under, upto)


@compiled()
def _walk_run(x, y, i, j, tolerance, scale, first_tied, under, upto):
    """Cut the run of near neighbours around positive `i`, the first one in it, into levels; the next positive."""
    positives, negatives = x.shape[0], y.shape[0]
    start = np.float64(x[i])
    while j > 0 and start - y[j - 1] <= tolerance * max(abs(start), scale):
        j -= 1
        start = np.float64(y[j])
    width = _WIDTH * tolerance * max(abs(start), scale)
    last = start
    level, level_first, level_under = 0, i, j
    while i < positives or j < negatives:
        positive = i < positives and (j >= negatives or x[i] < y[j])
        value = np.float64(x[i]) if positive else np.float64(y[j])
        if value - last > tolerance * max(abs(value), scale):
            break
        last = value
        step = np.int64((value - start) / width) if width > 0 else 0
        if step != level:
            upto[level_first:i] = j
            level, level_first, level_under = step, i, j
        if positive:
            first_tied[i], under[i] = level_first, level_under
            i += 1
        else:
            j += 1
    upto[level_first:i] = j
    return i


@compiled()
def _finish(x, y, below, first_tied, above, upto, weight, tolerance, out, unit):
    """AP, AUROC and reweighted AP of one unit from `below`, the number of negatives under each positive."""
    positives = x.shape[0]
    negatives = y.shape[0]
    group_ties(x, y, below, tolerance, first_tied, above, upto)
    pairs = 0
    for i in range(positives):
        pairs += above[i] + upto[i]
        above[i] = negatives - above[i]
    out[0, unit] = _average(first_tied, above, 1.0)
    out[1, unit] = 0.5 * pairs / (float(positives) * negatives)
    if weight != 1.0:
        out[2, unit] = _average(first_tied, above, weight)
    else:
        out[2, unit] = out[0, unit]


@compiled()
def _merge_rest(x, y, i, j, below):
    positives = x.shape[0]
    negatives = y.shape[0]
    while i < positives and j < negatives:
        lower = np.int64(y[j] < x[i])
        below[i] = j
        j += lower
        i += 1 - lower
    while i < positives:
        below[i] = j
        i += 1


@compiled()
def rank_rows(on, off, weight, tolerance, out):
    """AP, AUROC and reweighted AP (rows of `out` `[3, units]`) of sorted `on`, `off` `[units, sentences]`.

    `tolerance` says which responses are ranked as equal (see `ties`); 0 takes them as they are.

    The two sorted rows of a unit are merged without a branch; each step waits for the one before, so four
    units are merged side by side. Rows with a NaN or an infinity give NaN.
    """
    units, positives = on.shape
    negatives = off.shape[1]
    first_tied = np.empty(positives, np.int32)
    above = np.empty(positives, np.int32)
    upto = np.empty(positives, np.int32)
    below = np.empty((4, positives), np.int32)
    below0, below1, below2, below3 = below[0], below[1], below[2], below[3]
    for unit in range(0, units, 4):
        unit1, unit2, unit3 = min(unit + 1, units - 1), min(unit + 2, units - 1), min(unit + 3, units - 1)
        x0, x1, x2, x3 = on[unit], on[unit1], on[unit2], on[unit3]
        y0, y1, y2, y3 = off[unit], off[unit1], off[unit2], off[unit3]
        i0 = i1 = i2 = i3 = j0 = j1 = j2 = j3 = 0
        while True:
            steps01 = min(min(positives - i0, negatives - j0), min(positives - i1, negatives - j1))
            steps23 = min(min(positives - i2, negatives - j2), min(positives - i3, negatives - j3))
            steps = min(steps01, steps23)
            if steps <= 0:
                break
            for _ in range(steps):
                lower0 = np.int64(y0[j0] < x0[i0])
                lower1 = np.int64(y1[j1] < x1[i1])
                lower2 = np.int64(y2[j2] < x2[i2])
                lower3 = np.int64(y3[j3] < x3[i3])
                below0[i0] = j0
                below1[i1] = j1
                below2[i2] = j2
                below3[i3] = j3
                j0 += lower0
                j1 += lower1
                j2 += lower2
                j3 += lower3
                i0 += 1 - lower0
                i1 += 1 - lower1
                i2 += 1 - lower2
                i3 += 1 - lower3
        _merge_rest(x0, y0, i0, j0, below0)
        _merge_rest(x1, y1, i1, j1, below1)
        _merge_rest(x2, y2, i2, j2, below2)
        _merge_rest(x3, y3, i3, j3, below3)
        for lane in range(min(4, units - unit)):
            x, y = on[unit + lane], off[unit + lane]
            if np.isfinite(x[0]) and np.isfinite(x[-1]) and np.isfinite(y[0]) and np.isfinite(y[-1]):
                _finish(x, y, below[lane], first_tied, above, upto, weight, tolerance, out, unit + lane)
            else:
                out[:3, unit + lane] = np.nan

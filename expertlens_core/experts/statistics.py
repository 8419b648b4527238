"""Statistics of units on the CPU: blocks of units are gathered, sorted and merged on every core."""

import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

COLUMNS = (
    "ap", "auroc", "ap_reweighted", "on_mean", "on_p50", "on_p90", "off_mean", "on_std", "off_std",
    "quantile_correlation",
)  # fmt: skip
"""Rows of the table that `cpu_statistics` and `device_statistics` return."""

RANK_COLUMNS = 3
"""The first rows, which depend on ranks only."""

_BLOCK_BYTES = 1_500_000
_MOST_THREADS = 16


def cpu_statistics(
    on: Sequence[np.ndarray],
    off: Sequence[np.ndarray],
    *,
    on_rows: np.ndarray | None = None,
    off_rows: np.ndarray | None = None,
    weight: float = 1.0,
    tolerance: float = 0.0,
    ranks_only: bool = False,
    threads: int | None = None,
) -> np.ndarray:
    """Table `[columns, units]` float64 of the units of all modules (see `COLUMNS`).

    A block of units is copied to `[units, sentences]`, positives and negatives are each sorted by numpy's
    vectorised sort, and the two sorted rows of a unit are merged (`kernel.rank_rows`). The extra memory is
    about 3 MB per thread beside the table, whatever the input.

    Args:
        on: per module, `[positives, width]` floats; may be memory-mapped.
        off: per module, `[negatives, width]`, or a pool of more sentences of which `off_rows` are drawn.
        on_rows, off_rows: row numbers to take from `on` and `off`; None takes all.
        weight: how often a positive counts in `ap_reweighted`.
        tolerance: which responses are ranked as equal (see `ties`); 0 takes them as they are.
        ranks_only: leave out the moments; the table has `RANK_COLUMNS` rows.
        threads: blocks worked on at once; None takes the cores that this process may use.

    Every rank row of a unit with a NaN or infinite response is NaN.
    """
    from . import kernel, moment_kernel

    on_index = _row_numbers(on[0], on_rows)
    off_index = _row_numbers(off[0], off_rows)
    positives, negatives = len(on_index), len(off_index)
    widths = [values.shape[1] for values in on]
    offsets = np.concatenate([[0], np.cumsum(widths)])
    # One column to spare, so that no part of the table is contiguous: one compilation instead of two.
    spare = np.empty((RANK_COLUMNS if ranks_only else len(COLUMNS), int(offsets[-1]) + 1))
    out = spare[:, :-1]
    dtype = np.result_type(np.float32, *{values.dtype for values in (*on, *off)})
    sources_on = [_plain(values, dtype) for values in on]
    sources_off = [_plain(values, dtype) for values in off]
    grids = (*quantile_places(positives, negatives), *quantile_places(negatives, positives))
    size = block_size(positives + negatives, dtype.itemsize)
    scratch = threading.local()

    def work(task: tuple[int, int, int]) -> None:
        module, first, last = task
        if not hasattr(scratch, "on"):
            scratch.on = np.empty((size, positives), dtype)
            scratch.off = np.empty((size, negatives), dtype)
        x, y = scratch.on[: last - first], scratch.off[: last - first]
        kernel.gather(sources_on[module], on_index, first, last, x)
        kernel.gather(sources_off[module], off_index, first, last, y)
        x.sort(axis=1)
        y.sort(axis=1)
        start = int(offsets[module])
        table = out[:, start + first : start + last]
        kernel.rank_rows(x, y, weight, tolerance, table)
        if not ranks_only:
            moment_kernel.moment_rows(x, y, *grids, table)

    tasks = [
        (module, first, min(first + size, width))
        for module, width in enumerate(widths)
        for first in range(0, width, size)
    ]
    workers = min(threads or available_cores(), len(tasks), _MOST_THREADS)
    if workers <= 1:
        for task in tasks:
            work(task)
    else:
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(work, tasks))
    return out


def quantile_places(count: int, other: int) -> tuple[np.ndarray, np.ndarray]:
    """Where the common quantile grid falls in a sorted set of `count` values.

    The grid has m = min(count, other) probabilities k / (m - 1), k = 0 … m - 1, read with linear
    interpolation: the smaller set enters with its own sorted values, and sets of equal size are paired sorted
    value by sorted value.

    Returns:
        `[m]` int64 lower neighbour i and `[m]` float64 part t: quantile = v[i] + t (v[i + 1] - v[i]).
        Empty for a set of one.
    """
    size = min(count, other)
    if size < 2:
        return np.empty(0, np.int64), np.empty(0)
    place = np.arange(size) * (count - 1) / (size - 1)
    low = np.minimum(np.floor(place + 1e-9).astype(np.int64), count - 2)
    return low, np.maximum(place - low, 0.0)


def block_size(sentences: int, itemsize: int) -> int:
    """Units per block: as many as stay in a core's cache, a multiple of four."""
    return max(4, min(256, _BLOCK_BYTES // (sentences * itemsize)) // 4 * 4)


def available_cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _row_numbers(values: Any, rows: np.ndarray | None) -> np.ndarray:
    # Sorted, because the order of sentences changes nothing and a memory map is read best in file order.
    return np.arange(values.shape[0]) if rows is None else np.sort(np.asarray(rows, dtype=np.int64))


def _plain(values: np.ndarray, dtype: np.dtype) -> np.ndarray:
    # One type for memory maps, read-only and writable arrays: one compilation instead of three.
    floats = values.dtype in (np.float32, np.float64)
    view = np.asarray(values if floats else values.astype(dtype)).view(np.ndarray)
    view.flags.writeable = False
    return view

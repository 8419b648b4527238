"""Batches: which sentences run together, so that little time goes to padding or to starting the model."""

from __future__ import annotations

import numpy as np


def plan_batches(lengths: np.ndarray, budget: int, overhead: int) -> list[np.ndarray]:
    """Split sentences into batches of similar length at the least estimated cost.

    The cost of a batch is rows x longest row + `overhead`; neighbouring lengths share a batch where the
    padding costs less than another start of the model. Solved exactly over the distinct lengths by dynamic
    programming.

    Args:
        lengths: `[sentences]` tokens of each.
        budget: most tokens of one batch, padding included; a longer sentence runs alone.
        overhead: cost of one more batch, in tokens.

    Returns:
        Row numbers of each batch, most tokens first (so that what a batch frees is room enough for the next,
        and memory that is too small shows at once); every row once.
    """
    order = np.argsort(-lengths, kind="stable")
    distinct, counts = np.unique(-lengths, return_counts=True)
    distinct = -distinct
    ends = np.concatenate([[0], np.cumsum(counts)])
    best = [0.0]
    start_of = [0]
    for end in range(1, len(ends)):
        costs = []
        for start in range(end):
            rows, longest = int(ends[end] - ends[start]), int(distinct[start])
            batches = -(-rows // max(1, budget // longest))
            costs.append(best[start] + rows * longest + batches * overhead)
        start_of.append(int(np.argmin(costs)))
        best.append(min(costs))
    spans = []
    end = len(ends) - 1
    while end > 0:
        spans.append((int(ends[start_of[end]]), int(ends[end]), int(distinct[start_of[end]])))
        end = start_of[end]
    plan: list[np.ndarray] = []
    for first, last, longest in reversed(spans):
        batches = -(-(last - first) // max(1, budget // longest))
        plan += [part for part in np.array_split(order[first:last], batches) if len(part)]
    return sorted(plan, key=lambda rows: -len(rows) * int(lengths[rows].max()))

"""Batches: which sentences run together, so that little time goes to padding or to starting the model."""

import numpy as np


def plan_batches(lengths: np.ndarray, budget: int, overhead: int) -> list[np.ndarray]:
    """Split sentences into batches of similar length at the least estimated cost.

    The cost of a batch is rows x longest row + `overhead` tokens, and it has at most `budget` tokens, padding
    included; a longer sentence runs alone. Neighbouring lengths share a batch where the padding costs less than
    another start of the model. Solved exactly over the distinct lengths (`[sentences]` tokens) by dynamic programming.

    Returns row numbers of each batch, most tokens first: what a batch frees is room enough for the next, and
    memory that is too small shows at once.
    """
    order = np.argsort(-lengths, kind="stable")
    distinct, counts = np.unique(-lengths, return_counts=True)
    distinct = -distinct
    ends = np.concatenate([[0], np.cumsum(counts)])

    def batches(start: int, end: int) -> int:
        """How many batches hold the sentences of these distinct lengths."""
        return -(-int(ends[end] - ends[start]) // max(1, budget // int(distinct[start])))

    best, start_of = [0.0], [0]
    for end in range(1, len(ends)):
        costs = [
            best[start] + int(ends[end] - ends[start]) * int(distinct[start]) + batches(start, end) * overhead
            for start in range(end)
        ]
        start_of.append(int(np.argmin(costs)))
        best.append(min(costs))
    plan: list[np.ndarray] = []
    end = len(ends) - 1
    while end > 0:
        start = start_of[end]
        parts = np.array_split(order[ends[start] : ends[end]], batches(start, end))
        plan = [part for part in parts if len(part)] + plan
        end = start
    return sorted(plan, key=lambda rows: -len(rows) * int(lengths[rows].max()))

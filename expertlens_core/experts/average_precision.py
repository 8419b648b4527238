"""Average precision: how well a ranking puts the positives first."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..errors import InputError
from .score import response_statistics


def average_precision(
    on: Any,
    off: Any,
    *,
    on_rows: np.ndarray | None = None,
    off_rows: np.ndarray | None = None,
    positive_weight: float = 1.0,
    threads: int | None = None,
) -> np.ndarray:
    """Average precision of each unit, ties grouped, as scikit-learn defines it.

    AP = sum over distinct thresholds n of (R_n - R_(n-1)) P_n, with recall R = TP / positives and precision
    P = w TP / (w TP + FP); w is 1, or `positive_weight` to read the AP at another prevalence (see
    `prevalence.positive_weight`).

    Args:
        on: `[positives, units]` responses to the positive set: numpy (CPU kernel) or torch (on its device).
        off: `[negatives, units]` responses to the negative set, or a pool of which `off_rows` are drawn.
        on_rows: row numbers to take from `on`; None takes all.
        off_rows: row numbers to take from `off`; None takes all.
        positive_weight: how often each positive counts in the precision.
        threads: blocks of units worked on at once on the CPU; None takes the cores at hand.

    Returns:
        `[units]` float64.

    Raises:
        InputError: no positive or negative, unequal numbers of units, a NaN or infinite response.

    Source: METHOD section 4; `sklearn.metrics.average_precision_score`.
    """
    if positive_weight <= 0:
        raise InputError(f"positive weight {positive_weight}: expected a number above 0")
    table = response_statistics(
        [on],
        [off],
        names=["responses"],
        on_rows=on_rows,
        off_rows=off_rows,
        weight=positive_weight,
        ranks_only=True,
        threads=threads,
    )
    return table[2].copy()

"""Average precision on a grid of 65,501 values, two bytes each: no unit changes sides at any tau in steps of 0.01.

The grid is k / 65,500, which contains 0.00, 0.01, … 1.00 to the last bit. An AP that lies between two of these
goes to the nearest grid value strictly above the lower one. The upper one is a safe side: an expert set holds the
units strictly above tau, so what is rounded up onto tau was not above it before, and is not above it after. The
lower one is not: what lay strictly above tau would come to lie at it, and leave the set.
"""

from __future__ import annotations

import numpy as np

from .threshold_counts import STEPS, grid_values_below

PER_STEP = 655
"""Grid values in (0.00, 0.01], and in each step of tau after it."""
LARGEST = STEPS * PER_STEP
STEP = 1 / LARGEST
"""Between two grid values: the most that rounding moves an AP, and half of it wherever no tau is near."""


def to_grid(ap: np.ndarray) -> np.ndarray:
    """`[n]` uint16 codes of average precision.

    Args:
        ap: `[n]` float64, from 0 to 1.

    Raises:
        ValueError: for a value that is not a number from 0 to 1.
    """
    values = np.asarray(ap, dtype=np.float64)
    if values.size and not (values.min() >= 0 and values.max() <= 1):
        raise ValueError("the grid takes numbers from 0 to 1")
    upper = grid_values_below(values) * PER_STEP
    # Exactly 0 has no tau below it, and is itself on the grid.
    lowest = np.where(upper > 0, upper - PER_STEP + 1, 0)
    return np.clip(np.rint(values * LARGEST).astype(np.int64), lowest, upper).astype(np.uint16)


def from_grid(codes: np.ndarray) -> np.ndarray:
    """`[n]` float64 average precision of codes; one that was at a tau is that tau to the last bit."""
    return np.asarray(codes, dtype=np.float64) / LARGEST

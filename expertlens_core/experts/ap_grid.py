"""The grid of tau, 0.00, 0.01, … 1.00, and average precision rounded to two bytes without crossing it.

The codes of an AP are k of k / 65,500, which contains every tau to the last bit. An AP between two of these goes
to the nearest one strictly above the lower tau. The upper tau is a safe side: an expert set holds the units
strictly above tau, so what is rounded up onto tau was not above it before, and is not above it after. The lower
one is not: what lay strictly above tau would come to lie at it, and leave the set.
"""

import numpy as np

STEPS = 100
"""Steps of tau between 0 and 1; also the bins of an AP histogram, so that bars and expert sets agree."""
PER_STEP = 655
"""Codes in (0.00, 0.01], and in each step of tau after it."""
LARGEST = STEPS * PER_STEP
STEP = 1 / LARGEST
"""Between two codes: the most that rounding moves an AP, and half of it wherever no tau is near."""


def grid_values_below(values: np.ndarray) -> np.ndarray:
    """`[n]` int64 how many of 0.00, 0.01, … 1.00 lie strictly below each value in [0, 1].

    The nearest grid value decides: a product such as 0.07 * 100 is off by a rounding error, but never by half
    a step, and nearest / 100 is the grid value itself, so the comparison is exact.
    """
    nearest = np.rint(values * STEPS)
    below = nearest.astype(np.int64)
    nearest /= STEPS
    below += values > nearest
    return below


def to_grid(ap: np.ndarray) -> np.ndarray:
    """`[n]` uint16 codes of `[n]` average precision; a ValueError for what is no number from 0 to 1."""
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

"""Paired differences: the sign-flip test, intervals of means, and Holm's correction for many tests."""

import numpy as np

from ..errors import InputError

PERMUTATIONS = 100_000
RESAMPLES = 10_000
_CELLS = 4_000_000
"""Signs that are drawn at once."""
_ROUNDING = 1e-9
"""Share of a column's largest possible sum within which two sums are equal."""


def sign_flip_p(differences: np.ndarray, *, permutations: int = PERMUTATIONS, seed: int = 0) -> np.ndarray:
    """`[columns]` two-sided p of the hypothesis that differences are as often positive as negative, by size.

    p = (1 + #{|sum of randomly signed differences| >= |sum|}) / (1 + permutations); 1 where all are 0.

    Args:
        differences: `[pairs, columns]` each column a test of its own; all share the random signs.
        permutations: random signs of all pairs.

    Raises InputError without a pair or a permutation, ValueError for a NaN.
    """
    pairs = _checked(differences)
    if permutations < 1:
        raise InputError(f"{permutations} permutations: expected at least 1")
    observed = np.abs(differences.sum(axis=0)) - _ROUNDING * np.abs(differences).sum(axis=0)
    rng, at_least = np.random.default_rng(seed), np.zeros(differences.shape[1])
    step = max(1, _CELLS // pairs)
    for start in range(0, permutations, step):
        signs = rng.integers(0, 2, (min(step, permutations - start), pairs), dtype=np.int8) * 2.0 - 1.0
        at_least += (np.abs(signs @ differences) >= observed).sum(axis=0)
    return np.asarray((1 + at_least) / (1 + permutations))


def holm(p: np.ndarray) -> np.ndarray:
    """`[tests]` p corrected by Holm's method: the chance of any false alarm among all tests stays below it.

    Sorted upwards, the i-th of m (from 0) is multiplied by m - i; none falls below the one before it, or beyond 1.
    Source: Holm 1979, Scandinavian Journal of Statistics 6.
    """
    order = np.argsort(p, kind="stable")
    corrected = np.empty(len(p))
    corrected[order] = np.minimum(1.0, np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1)))
    return corrected


def mean_interval(
    values: np.ndarray, *, resamples: int = RESAMPLES, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """`[columns]` lower and upper end of the 95 % percentile bootstrap interval of each column's mean.

    Args:
        values: `[things, columns]`; things are drawn with replacement, the same for all columns.
    """
    things = _checked(values)
    rng = np.random.default_rng(seed)
    times = rng.multinomial(things, np.full(things, 1 / things), size=resamples)
    low, high = np.quantile(times @ values / things, [0.025, 0.975], axis=0)
    return low, high


def _checked(rows: np.ndarray) -> int:
    if not len(rows):
        raise InputError("there is nothing to compare: expected at least one pair")
    if not np.isfinite(rows).all():
        raise ValueError("a difference is not a finite number")
    return len(rows)

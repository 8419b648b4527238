"""Two dependent rank correlations: is one measure, or one model, closer to people than another?"""

import math
from dataclasses import dataclass

import numpy as np

from ..errors import InputError


@dataclass(frozen=True)
class Comparison:
    """Difference of two rank correlations with the same judgments, on the same pairs.

    A divergence has its sign turned first, so that larger always means closer to people.
    """

    first: str
    second: str
    difference: float
    """rho of the first minus rho of the second."""
    ci_low: float
    ci_high: float
    """Percentile 95 % interval of the paired bootstrap."""
    p: float
    """Two-sided, of the paired bootstrap."""
    steiger_z: float
    """Steiger's Z, the second opinion: a normal approximation for independent pairs."""
    steiger_p: float
    """Its two-sided p."""


def compare(
    first: str, second: str, rhos: tuple[float, float], between: float, resampled: np.ndarray, pairs: int
) -> Comparison:
    """Compare the rank correlations of two measures with the same judgments.

    p of the bootstrap = 2 min(share of differences <= 0, share >= 0), with 1 added to count and total.

    Args:
        first, second: labels of the measures.
        rhos: their rho with the judgments, larger meaning closer to people.
        between: rho of the two measures with each other.
        resampled: `[resamples, 2]` their rho in the same resamples, same signs as `rhos`.

    Source: docs/method.md, section 6 (paired bootstrap first, Steiger's Z second).
    """
    differences = resampled[:, 0] - resampled[:, 1]
    differences = differences[~np.isnan(differences)]
    if not len(differences):
        raise InputError(f"{first} and {second} have no resample in common: give more pairs")
    low, high = np.quantile(differences, [0.025, 0.975])
    below = (1 + np.count_nonzero(differences <= 0)) / (1 + len(differences))
    above = (1 + np.count_nonzero(differences >= 0)) / (1 + len(differences))
    z, p = steiger(rhos[0], rhos[1], between, pairs)
    p_bootstrap = float(min(1.0, 2 * min(below, above)))
    return Comparison(first, second, rhos[0] - rhos[1], float(low), float(high), p_bootstrap, z, p)


def steiger(first: float, second: float, between: float, pairs: int) -> tuple[float, float]:
    """Steiger's Z for two correlations that share a variable, and its two-sided p.

    With r the mean of both, s = (between (1 - 2 r^2) - r^2 (1 - 2 r^2 - between^2) / 2) / (1 - r^2)^2 and
    Z = (atanh first - atanh second) sqrt(pairs - 3) / sqrt(2 - 2 s). NaN where it is not defined (a
    correlation of 1, or fewer than 4 pairs); 0 and 1 for two equal measures.

    Source: Steiger 1980, equation 14 (pooled estimate).
    """
    if first == second:
        return 0.0, 1.0
    if pairs < 4 or max(abs(first), abs(second)) >= 1:
        return float("nan"), float("nan")
    square = ((first + second) / 2) ** 2
    covariance = between * (1 - 2 * square) - 0.5 * square * (1 - 2 * square - between**2)
    spread = 2 - 2 * covariance / (1 - square) ** 2
    if spread <= 0:
        return float("nan"), float("nan")
    z = (math.atanh(first) - math.atanh(second)) * math.sqrt((pairs - 3) / spread)
    return z, math.erfc(abs(z) / math.sqrt(2))

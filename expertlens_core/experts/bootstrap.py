"""The bootstrap interval of average precision, for units named beforehand."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..errors import InputError
from .average_precision import average_precision


@dataclass(frozen=True, eq=False)
class Interval:
    """Percentile bootstrap interval of AP."""

    low: np.ndarray
    """`[units]` float64 lower end."""
    high: np.ndarray
    """`[units]` float64 upper end."""
    level: float
    """Share of resamples inside."""


def bootstrap_ap(
    on: np.ndarray, off: np.ndarray, *, resamples: int = 2_000, level: float = 0.95, seed: int = 0
) -> Interval:
    """Interval of AP over sentences drawn anew, positives and negatives each among themselves.

    For a few units chosen for another reason than their AP. Units picked because they are top sit too high,
    and so does their interval: give `split_half` for those.

    Args:
        on: `[positives, units]` responses of the chosen units.
        off: `[negatives, units]`.
        resamples: draws with replacement, the same for every unit.
        level: share of resamples between the ends.
        seed: of the draws.

    Raises:
        InputError: for a level outside (0, 1), or as `average_precision`.
    """
    if not 0 < level < 1:
        raise InputError(f"level {level} of the interval: expected a number between 0 and 1")
    on, off = np.asarray(on), np.asarray(off)
    generator = np.random.default_rng(seed)
    positives = generator.integers(on.shape[0], size=(on.shape[0], resamples))
    negatives = generator.integers(off.shape[0], size=(off.shape[0], resamples))
    ends = np.empty((2, on.shape[1]))
    tail = (1 - level) / 2
    for unit in range(on.shape[1]):
        ap = average_precision(on[:, unit][positives], off[:, unit][negatives])
        ends[:, unit] = np.quantile(ap, [tail, 1 - tail])
    return Interval(ends[0], ends[1], level)

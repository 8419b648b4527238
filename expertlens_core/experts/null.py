"""The null: average precision when the ranking knows nothing of the concept."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from .prevalence import positive_weight

DRAWS = 10_000
_BLOCK = 512


@dataclass(frozen=True)
class ExpectedUnits:
    """How many units would lie above tau by luck."""

    count: float
    is_bound: bool
    """True where no draw reached tau: `count` is then an upper bound (95 %), not an estimate."""


@dataclass(frozen=True, eq=False)
class Null:
    """AP of rankings in random order, for one pair of set sizes."""

    positives: int
    negatives: int
    ap: np.ndarray
    """`[draws]` float64 simulated AP, ascending. Read-only."""

    def __post_init__(self) -> None:
        self.ap.flags.writeable = False

    def quantile(self, share: float) -> float:
        """AP below which `share` of the random rankings stay."""
        return float(np.quantile(self.ap, share))

    def expected_units(self, tau: float, units: int) -> ExpectedUnits:
        """Units expected strictly above tau by luck, of `units` units.

        units * (draws above tau) / draws. The expectation needs no independence of the units. Where no draw
        lies above tau, the chance p of a draw is at most 1 - 0.05^(1 / draws) with 95 % confidence, about
        3 / draws, and units * p bounds the expectation.
        """
        draws = len(self.ap)
        above = draws - int(np.searchsorted(self.ap, tau, side="right"))
        if above:
            return ExpectedUnits(units * above / draws, is_bound=False)
        return ExpectedUnits(units * (1 - 0.05 ** (1 / draws)), is_bound=True)


@lru_cache(maxsize=32)
def simulate_null(
    positives: int, negatives: int, *, reweighted: bool = False, draws: int = DRAWS, seed: int = 0
) -> Null:
    """Simulate AP on random ranks, without ties (ties only draw AP towards the prevalence).

    With positives at places r_1 < r_2 < … of the ranking, AP = mean of i / r_i.

    Args:
        positives: sentences in the positive set.
        negatives: sentences in the negative set.
        reweighted: simulate the AP read at prevalence 2/7.
        draws: random rankings.
        seed: of the random numbers.

    Raises:
        InputError: without a positive or a negative.

    Source: METHOD section 4, control (b).
    """
    weight = positive_weight(positives, negatives)
    if not reweighted:
        weight = 1.0
    generator = np.random.default_rng(seed)
    labels = np.zeros(positives + negatives, dtype=np.uint8)
    labels[:positives] = 1
    hits = weight * np.arange(1, positives + 1)
    misses_before = np.arange(positives)
    ap = np.empty(draws)
    for start in range(0, draws, _BLOCK):
        stop = min(start + _BLOCK, draws)
        shuffled = generator.permuted(np.broadcast_to(labels, (stop - start, len(labels))), axis=1)
        places = np.nonzero(shuffled)[1].reshape(stop - start, positives)
        ap[start:stop] = (hits / (hits + (places - misses_before))).mean(axis=1)
    ap.sort()
    return Null(positives, negatives, ap)

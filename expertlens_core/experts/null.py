"""The null: average precision when the ranking knows nothing of the concept."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from .prevalence import positive_weight

DRAWS = 10_000


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
    hits = np.zeros(draws)
    ap = np.zeros(draws)
    sentences = positives + negatives
    for place in range(sentences):
        # Walk down all rankings at once: the next sentence is a positive with the share of positives left.
        is_positive = generator.random(draws) * (sentences - place) < positives - hits
        hits += is_positive
        ap += is_positive * (weight * hits / (weight * hits + (place + 1 - hits)))
    ap /= positives
    ap.sort()
    return Null(positives, negatives, ap)

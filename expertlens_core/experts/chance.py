"""What average precision is without knowledge: the prevalence for a constant unit, the null for a random one."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ..errors import InputError

REFERENCE = 2 / 7
"""The prevalence of the paper's sets: 400 positives among 1,400 sentences."""


def prevalence(positives: int, negatives: int) -> float:
    """Positives / all: the AP of a unit that tells nothing. An InputError without either."""
    if positives < 1 or negatives < 1:
        raise InputError(
            f"{positives} positive and {negatives} negative sentences: expertise needs at least one of each"
        )
    return positives / (positives + negatives)


def positive_weight(positives: int, negatives: int, target: float = REFERENCE) -> float:
    """How often each positive must count so that positives / all becomes `target`, in (0, 1).

    w = target / (1 - target) * negatives / positives; with it, the precision at a threshold is
    w TP / (w TP + FP), and recall stays as it was. Exactly 1.0 where the prevalence is `target` already.
    """
    actual = prevalence(positives, negatives)
    if not 0 < target < 1:
        raise InputError(f"prevalence {target} to reweight to: expected a number between 0 and 1")
    if abs(actual - target) < 1e-12:
        return 1.0
    return target / (1 - target) * negatives / positives


@dataclass(frozen=True)
class ExpectedUnits:
    """How many units would lie above tau by luck."""

    count: float
    is_bound: bool
    """True where no draw lies above tau: `count` is then an upper bound (95 %), not an estimate."""


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
    positives: int, negatives: int, *, reweighted: bool = False, draws: int = 10_000, seed: int = 0
) -> Null:
    """Simulate AP on random ranks, without ties (ties only draw AP towards the prevalence).

    With positives at places r_1 < r_2 < … of the ranking, AP = mean of i / r_i; `reweighted` reads it at
    prevalence 2/7. An InputError without a positive or a negative. Source: docs/method.md, section 4, control (b).
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

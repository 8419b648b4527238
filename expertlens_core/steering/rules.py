"""Rules: what an intervention makes of a unit's output, from the unit's own statistics (docs/method.md, section 9).

A rule is one function from the statistics and flat ids of some units to their `UnitMaps`; the first line of its
docstring is its formula. Source of AurA, Damp and Det0: Suau et al. 2024, arXiv 2407.12824; of the transport rules:
Rodriguez et al. 2024, arXiv 2410.23054.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import numpy as np

from ..errors import InputError
from ..experts.expertise import Expertise
from ..experts.token_statistics import TokenStatistics
from .intervention import UnitMaps

RuleName = Literal[
    "set", "set-p50", "set-p90", "set-off", "aura", "damp", "det0",
    "mean-act", "gaussian-act", "linear-act", "mean-act-off", "gaussian-act-off", "linear-act-off",
]  # fmt: skip
"""What ends in ``off`` moves units to where they are without the concept, as do aura, damp and det0."""
DAMPED = 0.5
"""What Damp multiplies by."""
LEAST_DEVIATION = 1e-4
"""Gaussian-AcT leaves units alone that hardly vary in either set."""


@dataclass(frozen=True)
class Rule:
    """A rule by its name."""

    maps: Callable[[Any, np.ndarray], UnitMaps]
    """From statistics (`Expertise`, or `TokenStatistics` for `per_token`) and flat unit ids to the units' maps."""
    title: str
    """What people call it."""
    ranks_by: Literal["ap", "auroc"] = "ap"
    """Which units are the best ones."""
    suppresses: bool = False
    """Whether it takes the concept away; the others bring it in."""
    per_token: bool = False
    """Whether it wants the means over tokens."""

    @property
    def formula(self) -> str:
        """The first line of its function's docstring."""
        if isinstance(self.maps, partial) and self.maps.func is _set_to:
            return f"T(z) = {STATISTICS[self.maps.args[0]]}."
        function = self.maps.func if isinstance(self.maps, partial) else self.maps
        return str(function.__doc__).splitlines()[0]


STATISTICS = {
    "on_mean": "the unit's mean response to the sentences with the concept",
    "on_p50": "the unit's median response to the sentences with the concept",
    "on_p90": "the 90th percentile of the unit's responses to the sentences with the concept",
    "off_mean": "the unit's mean response to the sentences without the concept",
}
"""What the rules that set a unit set it to, in words."""


def _set_to(statistic: str, found: Expertise, ids: np.ndarray) -> UnitMaps:
    """T(z) = one of `STATISTICS`."""
    return UnitMaps(getattr(found, statistic)[ids])


def aura(found: Expertise, ids: np.ndarray) -> UnitMaps:
    """T(z) = (1 - 2 (AUROC - 0.5)) z where AUROC > 0.5, else z."""
    slopes = 1 - 2 * np.maximum(found.auroc[ids] - 0.5, 0.0)
    return UnitMaps(np.zeros(len(ids), np.float32), slopes.astype(np.float32))


def damp(_found: Expertise, ids: np.ndarray) -> UnitMaps:
    """T(z) = 0.5 z."""
    return UnitMaps(np.zeros(len(ids), np.float32), np.full(len(ids), DAMPED, np.float32))


def det0(_found: Expertise, ids: np.ndarray) -> UnitMaps:
    """T(z) = 0."""
    return UnitMaps(np.zeros(len(ids), np.float32))


def mean_act(found: TokenStatistics, ids: np.ndarray, off: bool = False) -> UnitMaps:
    """T(z) = z - mean of the source + mean of the destination."""
    source, goal = _ways(found, off)
    shift = (goal.mean[ids] - source.mean[ids]).astype(np.float32)
    return UnitMaps(shift, np.ones(len(ids), np.float32))


def gaussian_act(found: TokenStatistics, ids: np.ndarray, off: bool = False) -> UnitMaps:
    """T(z) = (deviation of the destination / that of the source) (z - mean of the source) + mean of the destination."""
    source, goal = _ways(found, off)
    moves = (source.std[ids] > LEAST_DEVIATION) & (goal.std[ids] > LEAST_DEVIATION)
    slopes = np.where(moves, goal.std[ids] / np.where(moves, source.std[ids], 1.0), 1.0)
    targets = np.where(moves, goal.mean[ids] - slopes * source.mean[ids], 0.0)
    return UnitMaps(targets.astype(np.float32), slopes.astype(np.float32))


def linear_act(found: TokenStatistics, ids: np.ndarray, off: bool = False) -> UnitMaps:
    """T(z) = the least-squares line from the source's sorted values to the destination's, within the source's range."""
    source, goal = _ways(found, off)
    slopes = source.slope[ids]
    targets = goal.quantile_mean[ids] - slopes * source.quantile_mean[ids]
    return UnitMaps(
        targets.astype(np.float32), slopes.astype(np.float32), source.lowest[ids], source.highest[ids]
    )


def _ways(found: TokenStatistics, off: bool) -> tuple[Any, Any]:
    return (found.on, found.off) if off else (found.off, found.on)


RULES: dict[str, Rule] = {
    "set": Rule(partial(_set_to, "on_mean"), "Set to the mean with the concept"),
    "set-p50": Rule(partial(_set_to, "on_p50"), "Set to the median with the concept"),
    "set-p90": Rule(partial(_set_to, "on_p90"), "Set to the 90th percentile with the concept"),
    "set-off": Rule(partial(_set_to, "off_mean"), "Set to the mean without the concept", suppresses=True),
    "aura": Rule(aura, "AurA: dampen by how well each tells", "auroc", suppresses=True),
    "damp": Rule(damp, "Damp: halve", "auroc", suppresses=True),
    "det0": Rule(det0, "Det0: switch off", "auroc", suppresses=True),
    "mean-act": Rule(mean_act, "Mean-AcT: shift by the difference of means", per_token=True),
    "gaussian-act": Rule(gaussian_act, "Gaussian-AcT: match mean and spread", per_token=True),
    "linear-act": Rule(linear_act, "Linear-AcT: match all quantiles by a line", per_token=True),
    "mean-act-off": Rule(
        partial(mean_act, off=True), "Mean-AcT, away from the concept", suppresses=True, per_token=True
    ),
    "gaussian-act-off": Rule(
        partial(gaussian_act, off=True),
        "Gaussian-AcT, away from the concept",
        suppresses=True,
        per_token=True,
    ),
    "linear-act-off": Rule(
        partial(linear_act, off=True), "Linear-AcT, away from the concept", suppresses=True, per_token=True
    ),
}


def maps_by(rule: str, statistics: Expertise | TokenStatistics) -> Callable[[np.ndarray], UnitMaps]:
    """A rule with its statistics: from flat unit ids to the units' maps.

    The function it gives raises InputError where the statistics lack a unit's: what ships with the installation keeps
    all of them for the units that can be chosen only.
    """

    def made(ids: np.ndarray) -> UnitMaps:
        maps = RULES[rule].maps(statistics, ids)
        if not all(each is None or np.isfinite(each).all() for each in (maps.targets, maps.slopes)):
            raise InputError(
                f"the kept experts of {statistics.concept!r} lack what the rule {rule!r} needs of some units: find "
                "them anew in this model"
            )
        return maps

    return made

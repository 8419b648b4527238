"""Layer profile: the mean number of experts in every part of a model, over concepts, with intervals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from ..experts.distribution import Place, places_of
from ..experts.threshold_counts import ThresholdCounts
from ..models.units import Kind, Units
from .sign_flip import mean_interval

Part = Literal["module", "kind", "total"]
"""A module, all modules of a kind in a layer, or all of a kind."""
PARTS: tuple[Part, ...] = get_args(Part)
EVERY_LAYER = -1
"""Layer of a place that spans all layers."""


@dataclass(frozen=True, eq=False)
class LayerProfile:
    """Experts of a mean concept in every place of one part, at several tau."""

    part: Part
    places: tuple[Place, ...]
    """In order of layer, then as in the block; with the units there."""
    mean: np.ndarray
    """`[taus, groups, places]` float64 experts of a concept, mean over the group's concepts."""
    low: np.ndarray
    high: np.ndarray
    """`[taus, groups, places]` 95 % bootstrap interval over concepts; NaN with fewer than two."""

    @property
    def units(self) -> np.ndarray:
        """`[places]` int64 units there: what a share is a share of."""
        return np.array([place.units for place in self.places], dtype=np.int64)


@dataclass(frozen=True)
class Depth:
    """How deep the experts of a group's concepts sit at one tau."""

    tau: float
    group: str
    kind: str
    """``attention``, ``mlp`` or another kind; ``all`` for all units."""
    layer: float
    """Mean layer of a concept's experts, mean over concepts; NaN where none has an expert."""
    low: float
    high: float
    """95 % bootstrap interval over concepts."""
    early: float
    """Share of the experts in the first third of the layers, mean over concepts."""
    early_low: float
    early_high: float
    concepts: int
    """Concepts with an expert there; the others have no depth and are left out."""


def part_places(units: Units, part: Part, without_token_only: bool) -> dict[Place, list[int]]:
    """The places of a part → numbers of their modules in `units`."""
    if part != "total":
        return places_of(units, part, without_token_only)
    inside: dict[Kind, list[int]] = {}
    for number, module in enumerate(units.modules):
        if not (without_token_only and module.token_only):
            inside.setdefault(module.kind, []).append(number)
    return {
        Place(EVERY_LAYER, kind, "", sum(units.modules[number].width for number in numbers)): numbers
        for kind, numbers in inside.items()
    }


def layer_profile(
    counts: ThresholdCounts,
    groups: Sequence[Sequence[int]],
    taus: Sequence[float],
    part: Part,
    *,
    without_token_only: bool = False,
) -> LayerProfile:
    """Mean experts per place, over the concepts of each group.

    Args:
        counts: of all concepts.
        groups: rows of the concepts of each group; none empty.
        taus: multiples of 0.01.
        part: of `PARTS`.
        without_token_only: leave out token-only modules, their experts and their units.

    Source: docs/method.md, section 8; paper v4, appendix H.
    """
    places = part_places(counts.units, part, without_token_only)
    shape = len(taus), len(groups), len(places)
    mean, low, high = (np.full(shape, np.nan) for _ in range(3))
    for number, tau in enumerate(taus):
        modules = counts.at(tau)
        experts = np.stack([modules[:, inside].sum(axis=1) for inside in places.values()], axis=1).astype(
            float
        )
        for group, rows in enumerate(groups):
            mean[number, group] = experts[list(rows)].mean(axis=0)
            if len(rows) > 1:
                low[number, group], high[number, group] = mean_interval(experts[list(rows)])
    return LayerProfile(part, tuple(places), mean, low, high)


def depths(
    counts: ThresholdCounts,
    groups: Mapping[str, Sequence[int]],
    taus: Sequence[float],
    *,
    without_token_only: bool = False,
) -> tuple[Depth, ...]:
    """How deep experts sit, per tau, group and kind: does the layer move with tau?"""
    places = part_places(counts.units, "kind", without_token_only)
    kinds = list(dict.fromkeys(place.kind for place in places))
    layers, found = counts.units.layers, []
    for tau in taus:
        experts = np.stack([counts.at(tau)[:, inside].sum(axis=1) for inside in places.values()], axis=1)
        for kind in ("all", *kinds):
            here = [i for i, place in enumerate(places) if kind in ("all", place.kind)]
            layer = np.array([place.layer for place in places])[here]
            early = layer < layers / 3
            for name, rows in groups.items():
                some = experts[list(rows)][:, here].astype(float)
                some = some[some.sum(axis=1) > 0]
                values = np.stack([some @ layer, some @ early], axis=1) / some.sum(axis=1, keepdims=True)
                mean = values.mean(axis=0) if len(values) else np.full(2, np.nan)
                ends = mean_interval(values) if len(values) > 1 else (np.full(2, np.nan), np.full(2, np.nan))
                (low, early_low), (high, early_high) = (end.tolist() for end in ends)
                found.append(
                    Depth(
                        tau,
                        name,
                        kind,
                        float(mean[0]),
                        low,
                        high,
                        float(mean[1]),
                        early_low,
                        early_high,
                        len(some),
                    )
                )
    return tuple(found)

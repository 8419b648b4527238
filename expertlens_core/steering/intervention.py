"""The intervention: a rule for some units, experts or random ones; the rows that carry it, and how they are decoded."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from ..errors import InputError
from ..experts import Expertise, top_experts
from ..models.units import Units


@dataclass(frozen=True, eq=False)
class Intervention:
    """Rule ``set``: z' = (1 - s) z + s * target on the chosen units, at every position (docs/method.md, section 9)."""

    units: Units
    unit_ids: np.ndarray
    """`[experts]` int64 flat unit ids, unique."""
    targets: np.ndarray
    """`[experts]` float32 value each unit is set to."""
    strength: float = 1.0
    """s: 0 leaves the unit as it is, 1 sets it to its target."""
    label: str = ""
    """What to call it in a list, e.g. ``"cat, 50 experts"``."""
    unit_targets: np.ndarray | None = None
    """`[units]` float32 what the rule would set each unit of the model to; random controls draw on it."""

    def __post_init__(self) -> None:
        if len(self.unit_ids) != len(self.targets):
            raise ValueError(
                f"an intervention has {len(self.unit_ids)} units and {len(self.targets)} targets"
            )
        if len(self.unit_ids) and not 0 <= self.unit_ids.min() <= self.unit_ids.max() < self.units.count:
            raise ValueError(f"an intervention names units outside 0 to {self.units.count - 1}")
        if len(np.unique(self.unit_ids)) != len(self.unit_ids):
            raise ValueError("an intervention names a unit twice")
        if not np.isfinite(self.targets).all() or not np.isfinite(self.strength):
            raise ValueError("an intervention has a target or strength that is not a finite number")


def set_to_mean(
    expertise: Expertise, experts: int, strength: float = 1.0, *, among: np.ndarray | None = None
) -> Intervention:
    """Set a concept's top experts to their mean response to its positive set.

    Args:
        experts: how many units, those of highest AP; an InputError when there are not so many.
        strength: s of `Intervention`.
        among: `[units]` bool, the units to choose among; None takes all (`dose.candidates` gives a dose's).

    Source: docs/method.md, section 9; arXiv 2502.15090v4, appendix B (K = 500, s = 1).
    """
    unit_ids = top_experts(expertise, experts, among=among)
    return Intervention(
        units=expertise.units,
        unit_ids=unit_ids,
        targets=expertise.on_mean[unit_ids],
        strength=strength,
        label=f"{expertise.concept}, {experts} experts",
        unit_targets=expertise.on_mean,
    )


def random_control(intervention: Intervention, seed: int) -> Intervention:
    """As many random units in every module as the intervention has there, none of them its own.

    Each random unit is set to *its own* target by the same rule (its mean response to the same positive set):
    a value that it really takes on these sentences. What is left of an effect then comes from the number and
    place of the units and from values of that size, not from their being experts.

    An InputError when more than half of a module's units are chosen, so that no equal number is left, or when
    the intervention does not carry `unit_targets`.
    """
    if intervention.unit_targets is None:
        raise InputError(f"{intervention.label!r} has no targets for other units: make it with set_to_mean")
    units, generator, chosen = intervention.units, np.random.default_rng(seed), []
    counts = np.bincount(units.module_of[intervention.unit_ids], minlength=len(units.modules))
    for position in np.flatnonzero(counts):
        module = np.arange(units.offsets[position], units.offsets[position + 1])
        others = np.setdiff1d(module, intervention.unit_ids)
        if len(others) < counts[position]:
            raise InputError(
                f"{counts[position]} of the {len(module)} units of {units.modules[position].path} are "
                "experts, too few others are left for a random control: choose fewer experts"
            )
        chosen.append(np.sort(generator.choice(others, counts[position], replace=False)))
    unit_ids = np.concatenate(chosen).astype(np.int64) if chosen else intervention.unit_ids
    return replace(
        intervention,
        unit_ids=unit_ids,
        targets=intervention.unit_targets[unit_ids],
        label=f"random units for {intervention.label}, draw {seed}",
    )


@dataclass(frozen=True, eq=False)
class Row:
    """One text to generate; an original has no intervention, any other row has one."""

    kind: Literal["original", "steered", "control"]
    sample: int = 0
    """Number of the sample: rows of one sample share their random numbers, step by step."""
    intervention: Intervention | None = None

    def __post_init__(self) -> None:
        if (self.kind == "original") != (self.intervention is None):
            expected = "no intervention" if self.kind == "original" else "an intervention"
            raise ValueError(f"a row of kind {self.kind!r} expects {expected}")
        if self.sample < 0:
            raise ValueError(f"a row has sample {self.sample}: expected 0 or more")


@dataclass(frozen=True)
class Settings:
    """How to decode; an InputError for a value out of its range."""

    max_new_tokens: int = 80
    """Tokens per row at most; a row ends earlier at an end token or where the model's context is full."""
    temperature: float = 1.0
    """Divides the logits; 0 takes the likeliest token."""
    top_p: float = 1.0
    """Draw among the likeliest tokens whose probabilities reach this; 1 keeps every token."""
    seed: int = 0
    """With a row's sample number, decides its random numbers; 0 or more."""
    cancelled: Callable[[], bool] | None = None
    """Asked before every forward pass; decoding ends when it says so."""
    steer_prompt: bool = True
    """Whether interventions hold at the positions of the prompt too."""
    skip_bos: bool = True
    """Whether interventions leave a leading BOS token, or what else the tokenizer adds there, alone."""

    def __post_init__(self) -> None:
        if self.max_new_tokens < 1:
            raise InputError(f"max_new_tokens is {self.max_new_tokens}: expected at least 1")
        if not 0 <= self.temperature < math.inf:
            raise InputError(f"temperature is {self.temperature}: expected 0 (the likeliest token) or more")
        if not 0 < self.top_p <= 1:
            raise InputError(f"top_p is {self.top_p}: expected above 0 and at most 1 (1 keeps every token)")
        if self.seed < 0:
            raise InputError(f"the seed is {self.seed}: expected 0 or more")

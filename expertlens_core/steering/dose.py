"""The dose: which experts are set, how strongly, and what a calibration found (docs/method.md, section 9)."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..errors import InputError
from ..experts import Expertise
from ..models.units import Units
from .intervention import Intervention, set_to_mean

_MOVES_ATTENTION = re.compile(r"(^|[._])(q|k|query|key)(_proj)?$")
"""Modules whose outputs say where attention looks, not what it carries."""
MOST_PERPLEXITY, LEAST_DISTINCT = 2.2, 0.8
"""The bounds on a dose, as multiples of the originals' median perplexity and distinct-2."""


@dataclass(frozen=True, order=True)
class Dose:
    """Which of a concept's experts are set to their mean response, and how far; an InputError if impossible."""

    first_layer: int
    """The first layer whose units may be chosen, from 0. Experts of early layers answer to the token."""
    experts: int
    """How many units, those of highest AP."""
    strength: float
    """s: 0 leaves the units as they are, 1 sets them fully."""
    queries_keys: bool = True
    """Whether outputs of the query and key projections may be chosen, where these are modules of their own."""

    def __post_init__(self) -> None:
        if self.first_layer < 0:
            raise InputError(f"the first layer is {self.first_layer}: expected 0 or more")
        if self.experts < 1:
            raise InputError(f"the number of experts is {self.experts}: expected at least 1")
        if not math.isfinite(self.strength):
            raise InputError(f"the strength is {self.strength}: expected a number, such as 0.5")

    def __str__(self) -> str:
        kinds = "" if self.queries_keys else ", without queries and keys"
        return f"{self.experts:,} experts from layer {self.first_layer} on{kinds}, strength {self.strength:g}"


def safe_dose(units: Units) -> Dose:
    """A mild dose for any concept: 0.5 % of the units, from a quarter of the depth on, at strength 0.4."""
    return Dose(units.layers // 4, max(1, round(0.005 * units.count)), 0.4)


def paper_dose(units: Units) -> Dose:
    """The paper's dose, 500 experts of all layers at strength 1; at most one unit in a hundred."""
    return Dose(0, max(1, min(500, units.count // 100)), 1.0)


def candidates(units: Units, dose: Dose) -> np.ndarray:
    """`[units]` True on the units among which a dose chooses."""
    allowed = units.layer_of >= dose.first_layer
    if not dose.queries_keys:
        allowed &= ~moves_attention(units)
    return allowed


def moves_attention(units: Units) -> np.ndarray:
    """`[units]` True on outputs of query and key projections that are modules of their own."""
    flags = np.array([bool(_MOVES_ATTENTION.search(module.path)) for module in units.modules])
    return flags[units.module_of]


def set_to_dose(
    expertise: Expertise, dose: Dose, rule: Callable[..., Intervention] = set_to_mean
) -> Intervention:
    """A concept's experts by a dose and a rule such as `set_to_mean`.

    Raises InputError when the dose asks for a layer or more units than there are.
    """
    if dose.first_layer >= expertise.units.layers:
        raise InputError(
            f"the first layer is {dose.first_layer}: the model has {expertise.units.layers} layers, counted from 0"
        )
    return rule(expertise, dose.experts, dose.strength, among=candidates(expertise.units, dose))


@dataclass(frozen=True)
class DosePoint:
    """What one dose was seen to do."""

    dose: Dose
    texts: int
    presence: float
    """Share of its texts that show the concept."""
    perplexity: float | None
    """Median under the unsteered model, as a multiple of the originals'; None where it was not taken."""
    distinct: float
    """Distinct-2, as a multiple of the originals'."""
    final: bool = False
    """True for the doses of the second round."""

    @property
    def within(self) -> bool:
        """Whether it keeps the bounds on perplexity and variety."""
        fluent = self.perplexity is not None and self.perplexity <= MOST_PERPLEXITY
        return fluent and self.distinct >= LEAST_DISTINCT


@dataclass(frozen=True)
class Calibration:
    """The dose of a concept, and the curve that it was chosen from."""

    concept: str
    dose: Dose
    met: bool
    """False where no dose kept the bounds; the dose is then the mildest that was seen."""
    original_presence: float
    """Share of the unsteered texts that show the concept."""
    curve: tuple[DosePoint, ...]


@dataclass(frozen=True)
class Originals:
    """The unsteered texts of one round, prompt after prompt."""

    texts: tuple[str, ...]
    perplexities: tuple[float, ...]
    """A text without a token has none."""

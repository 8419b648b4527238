"""The dose: which experts are set, how strongly, and what a calibration found (docs/method.md, section 9)."""

import math
import re
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np

from ..errors import InputError
from ..experts import Expertise, top_experts
from ..experts.token_statistics import TokenStatistics
from ..models.units import Units
from .intervention import Intervention, intervene
from .rules import RULES, RuleName, maps_by

_MOVES_ATTENTION = re.compile(r"(^|[._])(q|k|query|key)(_proj)?$")
"""Modules whose outputs say where attention looks, not what it carries."""
MOST_PERPLEXITY, LEAST_DISTINCT = 2.2, 0.8
"""The bounds on a dose, as multiples of the originals' median perplexity and distinct-2."""


@dataclass(frozen=True)
class Dose:
    """Which of a concept's units are moved, by which rule, and how far; an InputError if impossible."""

    first_layer: int
    """The first layer whose units may be chosen, from 0. Experts of early layers answer to the token."""
    experts: int
    """How many units, the best ones: of highest AP, or of highest AUROC where the rule ranks by it. 0, for these
    rules only, takes all units of an AUROC above 0.5."""
    strength: float
    """s: 0 leaves the units as they are, 1 applies the rule fully."""
    queries_keys: bool = True
    """Whether outputs of the query and key projections may be chosen, where these are modules of their own."""
    rule: RuleName = "set"
    """What happens to the units, see `rules.RULES`."""
    last_layer: int | None = None
    """The last layer whose units may be chosen; None is the model's last."""
    kind: Literal["", "attention", "mlp"] = ""
    """Choose among the units of one kind; empty takes both."""

    def __post_init__(self) -> None:
        if self.first_layer < 0:
            raise InputError(f"the first layer is {self.first_layer}: expected 0 or more")
        if self.rule not in RULES:
            raise InputError(f"there is no rule {self.rule!r}: expected one of {', '.join(RULES)}")
        if self.experts < (0 if RULES[self.rule].ranks_by == "auroc" else 1):
            raise InputError(f"the number of experts is {self.experts}: expected at least 1")
        if self.last_layer is not None and self.last_layer < self.first_layer:
            raise InputError(
                f"the last layer is {self.last_layer}, before the first, {self.first_layer}: expected it there or later"
            )
        if not math.isfinite(self.strength):
            raise InputError(f"the strength is {self.strength}: expected a number, such as 0.5")

    @property
    def fields(self) -> dict[str, Any]:
        """What a key says of it: the choices that came later are left out where they are the usual ones."""
        later = {"rule": "set", "last_layer": None, "kind": ""}
        return {name: value for name, value in asdict(self).items() if value != later.get(name, self)}

    def __str__(self) -> str:
        last = "on" if self.last_layer is None else f"to {self.last_layer}"
        kinds = f", {self.kind} only" if self.kind else ""
        kinds += "" if self.queries_keys else ", without queries and keys"
        rule = "" if self.rule == "set" else f", rule {self.rule}"
        many = f"{self.experts:,} experts" if self.experts else "all units of an AUROC above 0.5"
        return f"{many} from layer {self.first_layer} {last}{kinds}, strength {self.strength:g}{rule}"


def safe_dose(units: Units) -> Dose:
    """A mild dose for any concept: 0.5 % of the units, from a quarter of the depth on, at strength 0.4."""
    return Dose(units.layers // 4, max(1, round(0.005 * units.count)), 0.4)


def paper_dose(units: Units) -> Dose:
    """The paper's dose, 500 experts of all layers at strength 1; at most one unit in a hundred."""
    return Dose(0, max(1, min(500, units.count // 100)), 1.0)


def candidates(units: Units, dose: Dose) -> np.ndarray:
    """`[units]` True on the units among which a dose chooses."""
    allowed = units.layer_of >= dose.first_layer
    if dose.last_layer is not None:
        allowed &= units.layer_of <= dose.last_layer
    if dose.kind:
        allowed &= np.array([module.kind == dose.kind for module in units.modules])[units.module_of]
    if not dose.queries_keys:
        allowed &= ~moves_attention(units)
    return allowed


def moves_attention(units: Units) -> np.ndarray:
    """`[units]` True on outputs of query and key projections that are modules of their own."""
    flags = np.array([bool(_MOVES_ATTENTION.search(module.path)) for module in units.modules])
    return flags[units.module_of]


def set_to_mean(
    expertise: Expertise, experts: int, strength: float = 1.0, *, among: np.ndarray | None = None
) -> Intervention:
    """Set a concept's top experts to their mean response to its positive set.

    Args:
        expertise: of the concept.
        experts: how many units, those of highest AP; an InputError when there are not so many.
        strength: s of `Intervention`.
        among: `[units]` bool, the units to choose among; None takes all.

    Source: docs/method.md, section 9; arXiv 2502.15090v4, appendix B (K = 500, s = 1).
    """
    ids = top_experts(expertise, experts, among=among)
    label = f"{expertise.concept}, {experts:,} experts"
    return intervene(expertise.units, ids, maps_by("set", expertise), strength, label)


def set_to_dose(
    expertise: Expertise,
    dose: Dose,
    *,
    tokens: TokenStatistics | None = None,
    tau: float | None = None,
    unit_ids: np.ndarray | None = None,
) -> Intervention:
    """A concept's units by a dose and its rule.

    Args:
        expertise: of the concept.
        dose: which units, which rule, how far.
        tokens: the statistics over tokens, for a rule of AcT.
        tau: choose all units with AP above it in place of the best ones.
        unit_ids: `[chosen]` these units and no others, by flat id.

    Raises InputError when the dose asks for a layer or more units than there are, or no unit is left.
    """
    rule, units = RULES[dose.rule], expertise.units
    if rule.per_token and tokens is None:
        raise InputError(f"the rule {dose.rule!r} wants statistics over tokens: give them")
    ids = np.unique(unit_ids) if unit_ids is not None else _chosen(expertise, dose, tau)
    named = "" if dose.rule == "set" else f", {dose.rule}"
    label = f"{expertise.concept}, {len(ids):,} {'experts' if unit_ids is None else 'units'}{named}"
    statistics = tokens if rule.per_token and tokens is not None else expertise
    return intervene(units, ids, maps_by(dose.rule, statistics), dose.strength, label)


def _chosen(expertise: Expertise, dose: Dose, tau: float | None) -> np.ndarray:
    """`[chosen]` flat ids of the units that a dose names."""
    units, rule = expertise.units, RULES[dose.rule]
    if dose.first_layer >= units.layers:
        raise InputError(
            f"the first layer is {dose.first_layer}: the model has {units.layers} layers, counted from 0"
        )
    allowed = candidates(units, dose)
    if tau is not None:
        ids = np.flatnonzero(allowed & (expertise.ap > tau))
        if not len(ids):
            raise InputError(
                f"no unit of {expertise.concept!r} that may be chosen has an AP above {tau:g}: lower tau"
            )
        return ids
    if rule.ranks_by == "auroc" and np.isnan(expertise.auroc[allowed]).any():
        raise InputError(
            f"the kept experts of {expertise.concept!r} lack the AUROC of some units: find them anew in this model"
        )
    if not dose.experts:
        return np.flatnonzero(allowed & (expertise.auroc > 0.5))
    return top_experts(expertise, dose.experts, among=allowed, by=rule.ranks_by)


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

"""What a dose sweep is asked for with, and which doses and texts it consists of. Loads no model."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Literal

from ...artefacts import ArtefactKey
from ...concepts import Concept, Library
from ...errors import InputError
from ...models.label import model_label
from ...request import Field, Request, request
from ...run import Run
from ...steering.dose import Dose, candidates
from ...steering.rules import RULES, RuleName
from ..finding.model_record import recipe_fields
from ..finding.plan import Plan, plan_find
from ..finding.request import FindRequest
from ..writing.calibrate import dose_of
from ..writing.intervening import asked_dose, concept_of, control_concept
from ..writing.request import SteerRequest
from .request import PROMPTS

if TYPE_CHECKING:
    pass

STRENGTHS = (0.2, 0.4, 0.6, 0.8, 1.0)
"""What is tried beside the strength of the concept's dose."""
FAR_STRENGTHS = (1.0, 2.0, 3.0, 5.0)
"""The same for the transport rules, which move a unit by little."""
VERSION = 1


@request
class DoseSweepRequest(Request):
    """Where between too little and too much does a concept show? (docs/method.md, section 9)"""

    find: FindRequest = FindRequest()
    """How the experts are found; its names are not looked at."""
    concept: str = "cat"
    """Key of the concept."""
    rule: RuleName = "set"
    """What the doses do to the units: a rule that brings the concept in."""
    experts: tuple[Annotated[int, Field(ge=1)], ...] = ()
    """How many; none given takes half the number of the concept's dose, that number, and twice as many."""
    strengths: tuple[float, ...] = ()
    """None given takes five from weak to full, and that of the concept's dose."""
    first_layer: int | None = Field(default=None, ge=0)
    """Choose experts from this layer on; default that of the concept's dose."""
    last_layer: int | None = Field(default=None, ge=0)
    """Choose experts up to this layer; default the model's last."""
    kind: Literal["", "attention", "mlp"] = ""
    """Choose among the units of attention or mlp only."""
    queries_keys: bool | None = None
    """Whether outputs of query and key projections may be chosen; default that of the concept's dose."""
    texts: int = Field(default=15, ge=len(PROMPTS))
    """Texts of each kind at each dose: a fifth of them on each of five prompts."""
    tokens: int = Field(default=40, ge=1)
    """Length of a text."""
    draws: int = Field(default=3, ge=1)
    """Draws of random units, each at every dose."""
    other: str | None = None
    """The other concept of the control; default one of another domain."""
    temperature: float = 0.8
    """0 takes the likeliest token."""
    top_p: float = 0.95
    """Share of the likeliest tokens."""
    seed: int = Field(default=0, ge=0)
    """Of every random draw."""

    def __post_init__(self) -> None:
        if RULES[self.rule].suppresses:
            raise InputError(
                f"the rule {self.rule!r} takes a concept away, and a sweep looks for the dose that brings it in best: "
                "expected a rule such as set"
            )

    @property
    def on_each(self) -> int:
        """Texts of a kind on each prompt."""
        return -(-self.texts // len(PROMPTS))

    @property
    def steer(self) -> SteerRequest:
        """The same choice of units as the Steer page and its command know it."""
        return SteerRequest(
            find=self.find, concept=self.concept, rule=self.rule, first_layer=self.first_layer, seed=self.seed,
            last_layer=self.last_layer, kind=self.kind, queries_keys=self.queries_keys, control="other-concept",
            other=self.other,
        )  # fmt: skip


@dataclass(frozen=True, eq=False)
class SweepPlan:
    """What a sweep consists of, and where its texts are kept. Loads no model."""

    concept: Concept
    other: Concept
    """The concept of the control."""
    plan: Plan
    doses: tuple[Dose, ...]
    """By number of experts, then strength."""
    original: ArtefactKey
    keys: tuple[ArtefactKey, ...]
    """`[doses]`."""

    def missing(self, run: Run) -> tuple[Dose, ...]:
        """The doses whose texts are not kept."""
        return tuple(dose for dose, key in zip(self.doses, self.keys) if not run.artefacts.has(key))

    def rows(self, asked: DoseSweepRequest, run: Run) -> tuple[int, int]:
        """Texts that are still to be written, and all of them."""
        each = asked.on_each * len(PROMPTS)
        at_a_dose = (2 + asked.draws) * each
        unwritten = 0 if run.artefacts.has(self.original) else each
        return unwritten + at_a_dose * len(self.missing(run)), each + at_a_dose * len(self.doses)


def sweep_concepts(asked: DoseSweepRequest, library: Library) -> tuple[Concept, Concept]:
    """The concept of a sweep, and that of its control."""
    other = control_concept(asked.steer, library)
    assert other is not None  # noqa: S101 - the request above asks for that control
    return concept_of(asked.steer, library), other


def plan_sweep(asked: DoseSweepRequest, run: Run) -> SweepPlan | None:
    """The doses of a request; None where the model has not been loaded here before.

    Raises InputError for an unknown concept, or doses that cannot be.
    """
    library = run.library_named(asked.find.library)
    concept, other = sweep_concepts(asked, library)
    plan = plan_find(replace(asked.find, names=(concept.key, other.key)), run)
    if plan.record is None:
        return None
    units = plan.record.units
    usual = asked_dose(asked.steer, dose_of(plan, concept.key, units, run, asked.rule)[0])
    most = max(usual.experts, min(2 * usual.experts, int(candidates(units, usual).sum()) // 4))
    far = RULES[asked.rule].per_token
    experts = asked.experts or (max(1, usual.experts // 2), usual.experts, most)
    strengths = asked.strengths or (*(FAR_STRENGTHS if far else STRENGTHS), usual.strength)
    doses = tuple(
        replace(usual, experts=many, strength=strength)
        for many in sorted(set(experts))
        for strength in sorted(set(strengths))
    )
    recipe = recipe_fields(plan.request, plan.record)
    writing = {name: getattr(asked, name) for name in ("tokens", "temperature", "top_p", "seed")}
    writing |= {"prompts": list(PROMPTS), "on each": asked.on_each}
    fields = {name: recipe[name] for name in ("model", "dtype", "device", "attention")} | writing
    label = f"original texts of {model_label(plan.known.name)}"
    original = ArtefactKey("dose sweep", VERSION, fields, "result", label)
    named = writing | {"expertise": plan.keys[concept.key].digest, "other": plan.keys[other.key].digest}
    label = f"a dose of {concept.key} in {model_label(plan.known.name)}"
    keys = tuple(
        ArtefactKey(
            "dose sweep", VERSION, named | {"dose": dose.fields, "draws": asked.draws}, "result", label
        )
        for dose in doses
    )
    return SweepPlan(concept, other, plan, doses, original, keys)

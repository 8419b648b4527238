"""What a steered text is asked for with."""

from __future__ import annotations

from typing import Literal

from ...errors import InputError
from ...request import Field, Names, Request, request
from ...steering.rules import RuleName
from ..finding.request import FindRequest


@request
class Added(Request):
    """A further concept that is steered at the same time, by its own dose where nothing else is said."""

    concept: str
    """The concept."""
    rule: RuleName = "set"
    """What happens to its units."""
    strength: float | None = None
    """0 to 1; default its dose's."""
    experts: int | None = Field(default=None, ge=1)
    """How many; default its dose's."""


@request
class SteerRequest(Request):
    """Steer a model towards a concept (docs/method.md, section 9)."""

    find: FindRequest = FindRequest()
    """How the experts are found; its names are not looked at."""
    concept: str = "cat"
    """The concept to switch on."""
    rule: RuleName = "set"
    """What happens to the units: set, set-p50 or set-p90 (to the mean, median or 90th percentile with the concept),
    mean-act, gaussian-act or linear-act bring the concept in; set-off, aura, damp, det0 and the rules that end in
    -act-off take it away."""
    experts: int | None = Field(default=None, ge=1)
    """How many; default the concept's dose: the calibrated one where there is one, else a safe one."""
    strengths: tuple[float, ...] | None = None
    """0 to 1, several parted by commas; default the dose's."""
    first_layer: int | None = Field(default=None, ge=0)
    """Choose experts from this layer on; default the dose's."""
    last_layer: int | None = Field(default=None, ge=0)
    """Choose experts up to this layer; default the model's last."""
    kind: Literal["", "attention", "mlp"] = ""
    """Choose among the units of attention or mlp only."""
    queries_keys: bool | None = None
    """Whether outputs of query and key projections may be chosen; default the dose's."""
    tau: float | None = Field(default=None, ge=0, lt=1)
    """Choose all experts with an AP above tau in place of the best ones."""
    units: Names = ()
    """These units and no others, by path:index."""
    also: tuple[Added, ...] = ()
    """Further concepts that are steered at the same time."""
    control: Literal["random", "other-concept"] | None = None
    """random (as many random units per module) or other-concept."""
    other: str | None = None
    """The other concept of the control; default one of another domain."""
    prompt: str = "Once upon a time"
    """Text to continue."""
    chat: bool = False
    """Put the prompt to the model as a message, in its chat template."""
    samples: int = Field(default=1, ge=1)
    """Texts per kind and strength; those of one number share their random numbers."""
    tokens: int = 80
    """Length of a text."""
    temperature: float = 0.8
    """0 takes the likeliest token."""
    top_p: float = 0.95
    """Share of the likeliest tokens."""
    seed: int = 0
    """Of every random draw."""

    def __post_init__(self) -> None:
        if self.strengths == ():
            raise InputError("there is no strength: expected at least one, such as 1.0")
        names = [self.concept, *(each.concept for each in self.also)]
        if len(set(names)) < len(names):
            raise InputError(f"a concept is steered twice among {', '.join(names)}: expected each once")

"""The steer request: what to switch on, how strongly, beside what, and how to decode."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from ..errors import InputError
from .request import FindRequest

RULES = ("set",)
CONTROLS = ("random", "other-concept")


@dataclass(frozen=True)
class SteerRequest:
    """Steer a model towards a concept (METHOD section 9).

    Raises:
        InputError: for a value that cannot be.
    """

    find: FindRequest = field(default_factory=FindRequest)
    """How the experts are found; its names are not looked at."""
    concept: str = "cat"
    """Key of the concept to switch on."""
    rule: str = "set"
    experts: int | None = None
    """How many; ``None`` takes the concept's dose: the calibrated one where there is one, else a safe one."""
    strengths: tuple[float, ...] | None = None
    """``None`` takes the dose's."""
    first_layer: int | None = None
    """The first layer whose units may be chosen; ``None`` takes the dose's."""
    queries_keys: bool | None = None
    """Whether outputs of query and key projections may be chosen; ``None`` takes the dose's."""
    control: str | None = None
    """``"random"`` (as many random units per module), ``"other-concept"``, or none."""
    other: str | None = None
    """Key of the other concept; ``None`` takes one of another domain."""
    prompt: str = "Once upon a time"
    chat: bool = False
    """True puts the prompt to the model as a message, through its chat template."""
    samples: int = 1
    """Texts per kind and strength; those of one number share their random numbers."""
    tokens: int = 80
    temperature: float = 0.8
    top_p: float = 0.95
    seed: int = 0

    def __post_init__(self) -> None:
        if self.strengths is not None:
            object.__setattr__(self, "strengths", tuple(float(strength) for strength in self.strengths))
            if not self.strengths:
                raise InputError("there is no strength: expected at least one, such as 1.0")
        if self.rule not in RULES:
            raise InputError(f"rule is {self.rule!r}: expected one of {', '.join(RULES)}")
        if self.control is not None and self.control not in CONTROLS:
            raise InputError(f"control is {self.control!r}: expected one of {', '.join(CONTROLS)}, or none")
        if self.samples < 1:
            raise InputError(f"samples is {self.samples}: expected at least 1")
        if self.first_layer is not None and self.first_layer < 0:
            raise InputError(f"first_layer is {self.first_layer}: expected 0 or more")
        if self.experts is not None and self.experts < 1:
            raise InputError(f"experts is {self.experts}: expected at least 1")

    def to_json(self) -> dict[str, Any]:
        """A JSON object of all fields."""
        return asdict(self) | {
            "find": self.find.to_json(),
            "strengths": list(self.strengths) if self.strengths is not None else None,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> SteerRequest:
        """The request behind a JSON object.

        Raises:
            InputError: when it has other fields.
        """
        known = {field.name for field in fields(cls)}
        if unknown := sorted(set(value) - known):
            raise InputError(f"a steer request has no field {unknown[0]!r}: expected some of {sorted(known)}")
        return cls(**{**value, "find": FindRequest.from_json(value.get("find", {}))})

"""What to ask of a library's domains."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from ..errors import InputError
from .request import FindRequest


@dataclass(frozen=True)
class DomainRequest:
    """The domains of a library in a model (METHOD section 7).

    Raises:
        InputError: for a value that cannot be.
    """

    find: FindRequest = field(default_factory=FindRequest)
    """How the experts are found; its names are the concepts to compare."""
    tau: float = 0.5
    draws: int = 1000
    """Random groups per domain."""
    without_token_only: bool = False
    layout_tau: float = 0.5
    """Threshold of the map's layout, apart from `tau`: so nodes stay where they are as tau moves."""
    seed: int = 0
    """Of draws, communities and layout."""

    def __post_init__(self) -> None:
        for name in ("tau", "layout_tau"):
            if not 0 <= getattr(self, name) < 1:
                raise InputError(f"{name} is {getattr(self, name)}: expected a number from 0 to below 1")
        if self.draws < 1:
            raise InputError(f"draws is {self.draws}: expected at least 1, better 1,000")

    def to_json(self) -> dict[str, Any]:
        """A JSON object of all fields."""
        return asdict(self) | {"find": self.find.to_json()}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> DomainRequest:
        """The request behind a JSON object.

        Raises:
            InputError: when it has other fields.
        """
        known = {field.name for field in fields(cls)}
        if unknown := sorted(set(value) - known):
            raise InputError(
                f"a domain request has no field {unknown[0]!r}: expected some of {sorted(known)}"
            )
        return cls(**{**value, "find": FindRequest.from_json(value.get("find", {}))})

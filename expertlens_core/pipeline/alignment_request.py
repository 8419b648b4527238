"""The alignment request: which judgments, which measures, which baselines. JSON-able."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from ..errors import InputError
from .request import FindRequest
from .similarity_stage import MEASURE_NAMES

BASELINES = ("word-input", "word-last", "sentence", "sentence-centred", "mean-difference", "tf-idf")
"""Names of the baselines of METHOD section 6."""


@dataclass(frozen=True)
class AlignRequest:
    """Compare a model's similarities with human judgments (METHOD section 6).

    Raises:
        InputError: for a value that cannot be.
    """

    find: FindRequest = field(default_factory=FindRequest)
    """How the experts are found; its names are the concepts to use."""
    judgments: str = "men-in-the-box"
    """``men-in-the-box``, ``taxonomy``, ``men``, ``simlex999``, ``wordsim353``, or the path of a file or of MEN's
    folder."""
    split: str | None = None
    """Part of the judgments: MEN's ``"train"`` or ``"test"``."""
    taus: tuple[float, ...] = (0.5,)
    """Thresholds for ``jaccard``; the first is the one that baselines are compared with."""
    measures: tuple[str, ...] = MEASURE_NAMES
    baselines: tuple[str, ...] = BASELINES
    places: bool = True
    """Also by layer, and by kind of module, at the first tau."""
    without_token_only: bool = False
    """Leave out the modules that see only the current token's embedding."""
    resamples: int = 10_000
    """Of the bootstrap."""
    permutations: int = 10_000
    """Of the permutation or the Mantel test."""
    seed: int = 0

    def __post_init__(self) -> None:
        object.__setattr__(self, "taus", tuple(float(tau) for tau in self.taus))
        for name in ("measures", "baselines"):
            object.__setattr__(self, name, tuple(getattr(self, name)))
        for name, values, known in (
            ("measure", self.measures, MEASURE_NAMES),
            ("baseline", self.baselines, BASELINES),
        ):
            for value in values:
                if value not in known:
                    raise InputError(f"{name} is {value!r}: expected one of {', '.join(known)}")
        if not self.taus or any(not 0 <= tau < 1 for tau in self.taus):
            raise InputError(f"taus are {list(self.taus)}: expected numbers from 0 to below 1, such as 0.5")
        if len(set(self.taus)) < len(self.taus):
            raise InputError(f"taus are {list(self.taus)}: expected each once")
        if "jaccard" not in self.measures:
            raise InputError(
                "measures lack jaccard: expected it among them, since baselines are compared with it"
            )
        for name in ("resamples", "permutations"):
            if getattr(self, name) < 1:
                raise InputError(f"{name} is {getattr(self, name)}: expected at least 1, better 10,000")

    def to_json(self) -> dict[str, Any]:
        """A JSON object of all fields."""
        lists = {name: list(getattr(self, name)) for name in ("taus", "measures", "baselines")}
        return asdict(self) | {"find": self.find.to_json(), **lists}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> AlignRequest:
        """The request behind a JSON object.

        Raises:
            InputError: when it has other fields.
        """
        known = {field.name for field in fields(cls)}
        if unknown := sorted(set(value) - known):
            raise InputError(
                f"an align request has no field {unknown[0]!r}: expected some of {sorted(known)}"
            )
        return cls(**{**value, "find": FindRequest.from_json(value.get("find", {}))})

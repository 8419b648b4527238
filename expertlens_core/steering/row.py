"""Row: one line of a generation request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from .intervention import Intervention


@dataclass(frozen=True, eq=False)
class Row:
    """One text to generate: original, steered or control.

    Raises:
        ValueError: when an original row has an intervention, or another row has none.
    """

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

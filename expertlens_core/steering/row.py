"""A row, one text to generate, and how the rows of a request are decoded."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from ..errors import InputError
from .intervention import Intervention


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

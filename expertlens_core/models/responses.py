"""Responses: each unit's activation pooled over the real tokens of each sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from .units import Units

Pooling = Literal["max", "mean", "last", "selfcond-2022"]


@dataclass(frozen=True, eq=False)
class Responses:
    """Pooled activations of every unit, module by module.

    Kept per module, so that neither extraction nor scoring ever needs one array of all units.
    """

    units: Units
    values: tuple[Any, ...]
    """One float32 array per module, `[sentences, width]`: numpy on the CPU (possibly memory-mapped),
    a torch tensor on its device elsewhere."""
    first_token_share: np.ndarray
    """`[modules]` share of maxima that fall on the first real token (NaN where the pooling is not max)."""
    truncated: int
    """Sentences cut at the token limit (or dropped by `selfcond-2022`)."""
    kept: np.ndarray | None = None
    """`[rows]` number of the sentence behind each row, where `selfcond-2022` dropped some; else ``None``."""

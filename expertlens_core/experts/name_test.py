"""The name test: which experts survive when the concept's name is replaced in its positives?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..errors import InputError
from .expert_set import DEFAULT_TAU, expert_set
from .expertise import Expertise


@dataclass(frozen=True, eq=False)
class NameTest:
    """Experts of a concept, and whether they still are when its name is gone."""

    concept: str
    tau: float
    unit_ids: np.ndarray
    """`[experts]` int64 experts on the sentences as they are, ascending."""
    survives: np.ndarray
    """`[experts]` bool, True where the unit is an expert on the renamed sentences as well."""

    @property
    def share(self) -> float:
        """Share of experts that survive; NaN where there is no expert."""
        return float(self.survives.mean()) if len(self.survives) else float("nan")


def name_test(
    original: Expertise,
    renamed: Expertise,
    tau: float = DEFAULT_TAU,
    *,
    without_token_only: bool = False,
) -> NameTest:
    """Compare the experts at tau on a concept's sentences with those on the same sentences renamed.

    Args:
        original: scored on the positives as they are.
        renamed: scored on the positives with the name replaced, against the same negatives.
        tau: threshold for both.
        without_token_only: leave out units whose module sees only the current token's embedding.

    Raises:
        InputError: when the two were scored on different tables of units or different numbers of sentences.

    Source: METHOD section 4, control (d).
    """
    if original.units.digest != renamed.units.digest:
        raise InputError(
            f"name test of {original.concept!r}: the two results have different tables of units "
            f"({original.units.count} and {renamed.units.count} units): score both with one model"
        )
    sizes = (original.positives, original.negatives), (renamed.positives, renamed.negatives)
    if sizes[0] != sizes[1]:
        raise InputError(
            f"name test of {original.concept!r}: scored with {sizes[0][0]} + {sizes[0][1]} sentences as "
            f"they are and {sizes[1][0]} + {sizes[1][1]} renamed: use the same sentences in both"
        )
    experts = expert_set(original, tau, without_token_only=without_token_only).unit_ids
    remaining = expert_set(renamed, tau, without_token_only=without_token_only).unit_ids
    return NameTest(original.concept, tau, experts, np.isin(experts, remaining, assume_unique=True))

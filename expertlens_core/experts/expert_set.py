"""The expert set: the units whose average precision for a concept lies above tau, and the test of its name."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from ..errors import InputError
from .expertise import Expertise

DEFAULT_TAU = 0.5
TAUS = (0.5, 0.6, 0.7, 0.8, 0.9)
"""The thresholds of the paper."""


@dataclass(frozen=True, eq=False)
class ExpertSet:
    """The experts of one concept at one tau."""

    concept: str
    """Key of the concept."""
    tau: float
    """Threshold: members lie strictly above it."""
    unit_ids: np.ndarray
    """`[experts]` int64 flat unit ids, ascending, unique. Read-only."""

    def __post_init__(self) -> None:
        self.unit_ids.flags.writeable = False

    def __len__(self) -> int:
        return len(self.unit_ids)


def expert_set(
    expertise: Expertise,
    tau: float = DEFAULT_TAU,
    *,
    without_token_only: bool = False,
    reweighted: bool = False,
) -> ExpertSet:
    """Units with AP strictly above tau; empty when there is none.

    Args:
        expertise: scored units of one concept.
        tau: threshold, at least 0 and below 1; otherwise an InputError.
        without_token_only: leave out units whose module sees only the current token's embedding.
        reweighted: compare AP read at prevalence 2/7 with tau instead of AP itself.

    Source: docs/method.md, section 4; paper v4 section 2.1.
    """
    if not 0 <= tau < 1:
        raise InputError(f"tau {tau}: expected a threshold on average precision of at least 0 and below 1")
    chosen = (expertise.comparable_ap if reweighted else expertise.ap) > tau
    if without_token_only:
        chosen &= ~expertise.units.token_only
    return ExpertSet(expertise.concept, tau, np.flatnonzero(chosen))


def top_experts(
    expertise: Expertise,
    k: int,
    *,
    without_token_only: bool = False,
    among: np.ndarray | None = None,
    by: Literal["ap", "auroc"] = "ap",
) -> np.ndarray:
    """`[k]` int64 flat ids of the units with the highest AP, best first; equal AP in order of flat unit id.

    Args:
        expertise: of the concept.
        k: how many; an InputError when there are not so many units to choose from.
        without_token_only: choose among the units that see more than the current token.
        among: `[units]` bool, the units to choose among; None takes all.
        by: rank by AUROC instead.
    """
    allowed = np.ones(expertise.units.count, dtype=bool) if among is None else among
    ids = np.flatnonzero(allowed & ~expertise.units.token_only if without_token_only else allowed)
    if not 1 <= k <= len(ids):
        raise InputError(f"{k} experts asked for: expected a number from 1 to {len(ids)}, the units at hand")
    values = (expertise.ap if by == "ap" else expertise.auroc)[ids]
    lowest = np.partition(values, len(values) - k)[len(values) - k]
    candidates = np.flatnonzero(values >= lowest)
    order = np.argsort(-values[candidates], kind="stable")
    return ids[candidates[order[:k]]]


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
    original: Expertise, renamed: Expertise, tau: float = DEFAULT_TAU, *, without_token_only: bool = False
) -> NameTest:
    """Compare the experts at tau on a concept's sentences with those on the same sentences renamed.

    `renamed` is scored on the positives with the name replaced, against the same negatives. An InputError when
    the two have different tables of units or numbers of sentences. Source: docs/method.md, section 4, control (d).
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

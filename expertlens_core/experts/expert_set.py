"""The expert set: the units whose average precision for a concept lies above tau."""

from __future__ import annotations

from dataclasses import dataclass

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
        tau: threshold, at least 0 and below 1.
        without_token_only: leave out units whose module sees only the current token's embedding.
        reweighted: compare AP read at prevalence 2/7 with tau instead of AP itself.

    Raises:
        InputError: for a tau outside [0, 1).

    Source: METHOD section 4; paper v4 section 2.1.
    """
    if not 0 <= tau < 1:
        raise InputError(f"tau {tau}: expected a threshold on average precision of at least 0 and below 1")
    chosen = (expertise.comparable_ap if reweighted else expertise.ap) > tau
    if without_token_only:
        chosen &= ~expertise.units.token_only
    return ExpertSet(expertise.concept, tau, np.flatnonzero(chosen))


def top_experts(
    expertise: Expertise, k: int, *, without_token_only: bool = False, among: np.ndarray | None = None
) -> np.ndarray:
    """The k units with the highest AP, best first; equal AP in order of flat unit id.

    Args:
        expertise: of the concept.
        k: how many.
        without_token_only: choose among the units that see more than the current token.
        among: `[units]` bool, the units to choose among; None takes all.

    Returns:
        `[k]` int64 flat unit ids.

    Raises:
        InputError: when there are not k units to choose from.
    """
    allowed = np.ones(expertise.units.count, dtype=bool) if among is None else among
    ids = np.flatnonzero(allowed & ~expertise.units.token_only if without_token_only else allowed)
    if not 1 <= k <= len(ids):
        raise InputError(f"{k} experts asked for: expected a number from 1 to {len(ids)}, the units at hand")
    ap = expertise.ap[ids]
    lowest = np.partition(ap, len(ap) - k)[len(ap) - k]
    candidates = np.flatnonzero(ap >= lowest)
    order = np.argsort(-ap[candidates], kind="stable")
    return ids[candidates[order[:k]]]

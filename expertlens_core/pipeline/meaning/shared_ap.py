"""AP of shared and unshared experts over all pairs of a library, and over the pairs within domains."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from ...analysis.domain import domain_of_each
from ...analysis.shared_ap import SharedAp, shared_ap
from ...errors import InputError
from ...experts.expert_set import TAUS
from ...request import Request, Tau, request
from ...run import Run
from ..finding.request import FindRequest
from ..finding.scored import scored

VERSION = 1


@request
class SharedApRequest(Request):
    """Are experts that concepts share better or worse than the others? (paper v4, figures 7, 29 and 30)."""

    find: FindRequest = FindRequest()
    """How the experts are found; its names are the concepts, default all."""
    taus: tuple[Tau, ...] = TAUS
    """Thresholds on AP."""
    without_token_only: bool = False
    """Leave out modules that see only the current token's embedding."""


@dataclass(frozen=True, eq=False)
class SharedAps:
    """AP of shared and unshared experts by tau."""

    concepts: tuple[str, ...]
    every: tuple[SharedAp, ...]
    """Over all pairs, for each tau."""
    related: tuple[SharedAp, ...]
    """Over the pairs of one domain; empty where the library has none."""
    about: dict[str, Any]


def library_shared_ap(asked: SharedApRequest, run: Run) -> SharedAps:
    """AP of the experts that concepts share and of those that they do not, over all pairs of a library; kept.

    Raises InputError as `find`, with fewer than two concepts, or where concepts have unequal shares of positives: their
    AP cannot be compared as it is.
    """
    found = scored(asked.find, run)
    if len(found.concepts) < 2:
        raise InputError("one concept has no pair: expected at least two concepts with results")
    shares = found.prevalences
    if np.ptp(shares) > 1e-12:
        raise InputError(
            f"the concepts have unequal shares of positive sentences ({shares.min():.2f} to {shares.max():.2f}), so "
            "their AP cannot be compared: expected equal sizes, such as --positives of the smallest set"
        )
    domain = domain_of_each(found.plan.library)
    names = [domain.get(key, "") for key in found.concepts]
    pairs = list(combinations(range(len(names)), 2))
    within = [(i, j) for i, j in pairs if names[i] and names[i] == names[j]]

    def make() -> SharedAps:
        mask = found.mask(asked.without_token_only)

        def over(some: list[tuple[int, int]], tau: float) -> SharedAp:
            run.check("stopped; nothing of it is kept")
            return shared_ap(found.ap, some, tau, unit_mask=mask)

        every = tuple(over(pairs, tau) for tau in asked.taus)
        related = tuple(over(within, tau) for tau in asked.taus if within)
        return SharedAps(found.concepts, every, related, found.about)

    fields: dict[str, Any] = {
        "taus": repr(asked.taus),
        "without token-only": asked.without_token_only,
        "domains": repr(names),
    }
    return run.kept(SharedAps, found.key("shared AP", VERSION, "AP of shared experts", fields), make)

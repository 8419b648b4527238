"""Communities: the groups that the similarities of a library's concepts form, the cache first."""

from __future__ import annotations

import numpy as np

from ..artefacts import ArtefactKey
from .scored import Scored
from .similarity_stage import matrices_of


def communities_key(found: Scored, tau: float, outside: bool) -> ArtefactKey:
    """Key of the communities that the Jaccard indices at a tau form."""
    fields: dict[str, str | float | bool] = {
        "results": found.digest,
        "tau": tau,
        "without token-only": outside,
        "seed": 0,
    }
    label = f"communities > {tau:g}, {found.plan.library.name} in {found.record.name}"
    return ArtefactKey("communities", 1, fields, "derived", label)


def keep_communities(found: Scored, tau: float = 0.5, outside: bool = False) -> None:
    """Form the communities, unless they are there.

    Args:
        found: the concepts.
        tau: threshold of the expert sets.
        outside: leave out token-only modules.
    """
    from ..analysis.communities import communities

    def compute() -> tuple[dict[str, np.ndarray], dict[str, str]]:
        (matrix,) = matrices_of(found, ("jaccard",), (tau,), without_token_only=outside)
        return {"communities": np.array(communities(matrix), dtype=np.int64)}, {}

    found.artefacts.computed(communities_key(found, tau, outside), compute)

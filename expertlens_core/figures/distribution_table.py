"""The distribution over layers as a table, for a chart or a file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import pandas as pd

from ..experts.distribution import Share
from ..experts.expert_set import TAUS
from ..experts.threshold_counts import PlaceCounts, ThresholdCounts


def distribution_table(places: Sequence[Share]) -> pd.DataFrame:
    """Columns ``layer, kind, module, experts, units, share``; share is experts / units there."""
    return pd.DataFrame(
        {
            "layer": [place.layer for place in places],
            "kind": [place.kind for place in places],
            "module": [place.module for place in places],
            "experts": [place.experts for place in places],
            "units": [place.units for place in places],
            "share": [place.per_unit for place in places],
        }
    )


def concept_table(counts: PlaceCounts, concepts: Sequence[str]) -> pd.DataFrame:
    """Some concepts one below the other: ``concept, tau``, then the columns of `distribution_table`.

    Args:
        counts: of all concepts at one tau.
        concepts: keys, in the order of the table.
    """
    return _stacked(
        [(concept, counts.tau, distribution_table(counts.shares(concept))) for concept in concepts]
    )


def tau_table(
    counts: ThresholdCounts,
    concept: str,
    taus: Sequence[float] = TAUS,
    by: Literal["kind", "module"] = "kind",
    *,
    without_token_only: bool = False,
) -> pd.DataFrame:
    """One concept at several tau: ``concept, tau``, then the columns of `distribution_table`."""
    return _stacked(
        [
            (
                concept,
                tau,
                distribution_table(
                    counts.places(tau, by, without_token_only=without_token_only).shares(concept)
                ),
            )
            for tau in taus
        ]
    )


def _stacked(parts: Sequence[tuple[str, float, pd.DataFrame]]) -> pd.DataFrame:
    tables = [table.assign(concept=concept, tau=tau) for concept, tau, table in parts]
    joined = pd.concat(tables, ignore_index=True)
    return joined[["concept", "tau", *(c for c in joined.columns if c not in {"concept", "tau"})]]

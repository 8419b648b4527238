"""Experts as tables: their distribution over layers, and the units themselves."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from ..experts import TAUS, Expertise, PlaceCounts, Share, ThresholdCounts
from ..experts.distribution import By
from .colours import KIND_NAMES


def distribution_table(places: Sequence[Share]) -> pd.DataFrame:
    """Columns ``layer, kind, module, experts, units, share``; share is experts / units there."""
    return pd.DataFrame(
        [(p.layer, p.kind, p.module, p.experts, p.units, p.per_unit) for p in places],
        columns=["layer", "kind", "module", "experts", "units", "share"],
    )


def concept_table(counts: PlaceCounts, concepts: Sequence[str]) -> pd.DataFrame:
    """Some concepts one below the other: ``concept, tau``, then the columns of `distribution_table`."""
    return _stacked({(concept, counts.tau): counts.shares(concept) for concept in concepts})


def tau_table(
    counts: ThresholdCounts,
    concept: str,
    taus: Sequence[float] = TAUS,
    by: By = "kind",
    *,
    without_token_only: bool = False,
) -> pd.DataFrame:
    """One concept at several tau: ``concept, tau``, then the columns of `distribution_table`."""
    places = {tau: counts.places(tau, by, without_token_only=without_token_only) for tau in taus}
    return _stacked({(concept, tau): there.shares(concept) for tau, there in places.items()})


def _stacked(parts: Mapping[tuple[str, float], Sequence[Share]]) -> pd.DataFrame:
    tables = {key: distribution_table(places) for key, places in parts.items()}
    return pd.concat(tables, names=["concept", "tau"]).reset_index(["concept", "tau"]).reset_index(drop=True)


def expert_table(expertise: Expertise, unit_ids: np.ndarray) -> pd.DataFrame:
    """One row per expert, by falling AP, ties by flat unit id; `unit_ids` are `[experts]` flat unit ids.

    Columns ``unit, layer, kind, module, AP, AUROC, mean with, mean without, token only``; the means are of the
    responses to the positive and to the negative set.
    """
    units = expertise.units
    ids = np.sort(np.asarray(unit_ids, dtype=np.int64))
    ids = ids[np.argsort(-expertise.ap[ids], kind="stable")]
    modules = [units.modules[i] for i in units.module_of[ids]]
    return pd.DataFrame(
        {
            "unit": [units.label(int(i)) for i in ids],
            "layer": units.layer_of[ids],
            "kind": [KIND_NAMES[module.kind] for module in modules],
            "module": [module.path for module in modules],
            "AP": expertise.ap[ids],
            "AUROC": expertise.auroc[ids],
            "mean with": expertise.on_mean[ids],
            "mean without": expertise.off_mean[ids],
            "token only": units.token_only[ids],
        }
    )

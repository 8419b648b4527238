"""The experts of a concept as a table, best first."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..experts.expertise import Expertise
from .colours import KIND_NAMES


def expert_table(expertise: Expertise, unit_ids: np.ndarray) -> pd.DataFrame:
    """One row per expert, by falling AP, ties by flat unit id.

    Args:
        expertise: scored units of one concept.
        unit_ids: `[experts]` flat unit ids.

    Returns:
        Columns ``unit, layer, kind, module, AP, AUROC, mean with, mean without, token only``; `mean with` and
        `mean without` are mean responses to the positive and the negative set.
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

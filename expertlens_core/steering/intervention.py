"""The intervention: a rule applied to some units while the model runs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..models.units import Units


@dataclass(frozen=True, eq=False)
class Intervention:
    """Rule ``set``: z' = (1 - s) z + s * target on the chosen units, at every position (METHOD section 9)."""

    units: Units
    unit_ids: np.ndarray
    """`[experts]` int64 flat unit ids, unique."""
    targets: np.ndarray
    """`[experts]` float32 value each unit is set to."""
    strength: float = 1.0
    """s: 0 leaves the unit as it is, 1 sets it to its target."""
    label: str = ""
    """What to call it in a list, e.g. ``"cat, 50 experts"``."""

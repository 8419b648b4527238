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
    unit_targets: np.ndarray | None = None
    """`[units]` float32 what the rule would set each unit of the model to; random controls draw on it."""

    def __post_init__(self) -> None:
        if len(self.unit_ids) != len(self.targets):
            raise ValueError(
                f"an intervention has {len(self.unit_ids)} units and {len(self.targets)} targets"
            )
        if len(self.unit_ids) and not 0 <= self.unit_ids.min() <= self.unit_ids.max() < self.units.count:
            raise ValueError(f"an intervention names units outside 0 to {self.units.count - 1}")
        if len(np.unique(self.unit_ids)) != len(self.unit_ids):
            raise ValueError("an intervention names a unit twice")
        if not np.isfinite(self.targets).all() or not np.isfinite(self.strength):
            raise ValueError("an intervention has a target or strength that is not a finite number")

"""Distribution over layers: where a concept's experts sit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ..models.units import Kind, Units


@dataclass(frozen=True)
class Share:
    """Experts in one place of the model."""

    layer: int
    kind: Kind
    module: str
    """Path of the module; empty where a whole kind of a layer is counted."""
    experts: int
    units: int
    """Units there."""

    @property
    def per_unit(self) -> float:
        """Experts divided by the units there."""
        return self.experts / self.units

    @property
    def part(self) -> str:
        """The module's name within its layer, the same in every layer: ``mlp.dense_h_to_4h``."""
        return self.module.rpartition(f".{self.layer}.")[2] if self.module else self.kind


def distribution(
    units: Units,
    unit_ids: np.ndarray | Sequence[int],
    by: Literal["kind", "module"] = "kind",
    *,
    without_token_only: bool = False,
) -> tuple[Share, ...]:
    """Count experts per (layer, kind) or per (layer, module); places without experts count 0.

    Args:
        units: table of units.
        unit_ids: `[experts]` flat unit ids, e.g. `ExpertSet.unit_ids`.
        by: what a place is.
        without_token_only: leave out token-only modules, their experts and their units.

    Returns:
        Places in order of layer, then as in the block. Their experts sum to the number of `unit_ids` (with
        `without_token_only`: of those outside token-only modules).

    Source: METHOD section 8; paper v4 Appendix H.
    """
    per_module = np.bincount(
        units.module_of[np.asarray(unit_ids, dtype=np.int64)], minlength=len(units.modules)
    )
    places: dict[tuple[int, Kind, str], list[int]] = {}
    for module, experts in zip(units.modules, per_module.tolist()):
        if without_token_only and module.token_only:
            continue
        counted = places.setdefault(
            (module.layer, module.kind, module.path if by == "module" else ""), [0, 0]
        )
        counted[0] += experts
        counted[1] += module.width
    return tuple(Share(*place, experts, count) for place, (experts, count) in places.items())

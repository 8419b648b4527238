"""Distribution over layers: where the experts sit."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ..models.units import Kind, Units

By = Literal["kind", "module"]
"""What a place is: a kind of a layer, or a module."""


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


@dataclass(frozen=True)
class Place:
    """A part of the model in which experts are counted."""

    layer: int
    kind: Kind
    module: str
    """Path of the module; empty where a whole kind of a layer is counted."""
    units: int
    """Units there."""


@dataclass(frozen=True, eq=False)
class PlaceCounts:
    """Experts of each concept in each place, at one tau."""

    tau: float
    concepts: tuple[str, ...]
    places: tuple[Place, ...]
    """In order of layer, then as in the block."""
    experts: np.ndarray
    """`[concepts, places]` int64 experts. Read-only."""

    def __post_init__(self) -> None:
        self.experts.flags.writeable = False

    @property
    def units(self) -> int:
        """Units in all places together."""
        return sum(place.units for place in self.places)

    def shares(self, concept: str) -> tuple[Share, ...]:
        """The row of one concept, as `distribution` gives it."""
        row = self.experts[self.concepts.index(concept)].tolist()
        return tuple(Share(p.layer, p.kind, p.module, n, p.units) for p, n in zip(self.places, row))


def places_of(units: Units, by: By, without_token_only: bool) -> dict[Place, list[int]]:
    """The places, in order of layer, then as in the block → numbers of their modules in `units`."""
    inside: dict[tuple[int, Kind, str], list[int]] = {}
    for number, module in enumerate(units.modules):
        if not (without_token_only and module.token_only):
            key = module.layer, module.kind, module.path if by == "module" else ""
            inside.setdefault(key, []).append(number)
    return {
        Place(*key, sum(units.modules[number].width for number in numbers)): numbers
        for key, numbers in inside.items()
    }


def distribution(
    units: Units, unit_ids: np.ndarray | Sequence[int], by: By = "kind", *, without_token_only: bool = False
) -> tuple[Share, ...]:
    """Count experts per (layer, kind) or per (layer, module); places without experts count 0.

    Args:
        units: table of units.
        unit_ids: `[experts]` flat unit ids, e.g. `ExpertSet.unit_ids`.
        by: what a place is.
        without_token_only: leave out token-only modules, their experts and their units.

    Places come in order of layer, then as in the block. Source: docs/method.md, section 8; paper v4 Appendix H.
    """
    modules = units.module_of[np.asarray(unit_ids, dtype=np.int64)]
    per_module = np.bincount(modules, minlength=len(units.modules))
    return tuple(
        Share(place.layer, place.kind, place.module, int(per_module[numbers].sum()), place.units)
        for place, numbers in places_of(units, by, without_token_only).items()
    )

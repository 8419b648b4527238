"""The intervention: what a rule does to some units, experts or random ones; and several of them at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..errors import InputError
from ..models.units import Units


@dataclass(frozen=True, eq=False)
class UnitMaps:
    """What a rule makes of some units' outputs: z becomes ``slopes * z + targets`` from `low` to `high`."""

    targets: np.ndarray
    """`[units]` float32."""
    slopes: np.ndarray | None = None
    """`[units]` float32; None is 0: the unit is set to its target."""
    low: np.ndarray | None = None
    """`[units]` float32: smaller outputs are left as they are; None leaves out no output."""
    high: np.ndarray | None = None
    """`[units]` float32: larger outputs are left as they are."""

    def rows(self, chosen: np.ndarray) -> UnitMaps:
        """The maps of some of the units, by their position here."""
        return UnitMaps(*(None if each is None else each[chosen] for each in self.columns))  # type: ignore[arg-type]

    @property
    def columns(self) -> tuple[np.ndarray | None, ...]:
        """Targets, slopes, low and high."""
        return self.targets, self.slopes, self.low, self.high


@dataclass(frozen=True, eq=False)
class Intervention:
    """z' = (1 - s) z + s T(z) on the chosen units, at every position (docs/method.md, section 9).

    T is the rule's map of each unit, see `UnitMaps`; for the rule ``set`` it is the unit's target.
    """

    units: Units
    unit_ids: np.ndarray
    """`[experts]` int64 flat unit ids, unique."""
    targets: np.ndarray
    """`[experts]` float32 what T adds: for the rule ``set`` the value each unit is set to."""
    strength: float | np.ndarray = 1.0
    """s: 0 leaves the unit as it is, 1 gives T fully; `[experts]` where several interventions were joined."""
    label: str = ""
    """What to call it in a list, e.g. ``"cat, 50 experts"``."""
    slopes: np.ndarray | None = None
    """`[experts]` float32 what T multiplies by; None is 0 everywhere."""
    low: np.ndarray | None = None
    """`[experts]` float32: smaller outputs are left as they are; None leaves out no output."""
    high: np.ndarray | None = None
    """`[experts]` float32: larger outputs are left as they are."""
    maps_of: Callable[[np.ndarray], UnitMaps] | None = None
    """The rule's maps of any units by flat id; random controls draw on it."""

    def __post_init__(self) -> None:
        count = len(self.unit_ids)
        if count != len(self.targets):
            raise ValueError(f"an intervention has {count} units and {len(self.targets)} targets")
        if count and not 0 <= self.unit_ids.min() <= self.unit_ids.max() < self.units.count:
            raise ValueError(f"an intervention names units outside 0 to {self.units.count - 1}")
        if len(np.unique(self.unit_ids)) != count:
            raise ValueError("an intervention names a unit twice")
        for each in (self.targets, self.strength, self.slopes):
            if each is not None and not np.isfinite(each).all():
                raise ValueError(
                    "an intervention has a target, slope or strength that is not a finite number"
                )
        if (self.low is None) != (self.high is None):
            raise ValueError("an intervention has one end of a range: expected both, or none")

    @property
    def maps(self) -> UnitMaps:
        """The rule's maps of its own units."""
        return UnitMaps(self.targets, self.slopes, self.low, self.high)

    @property
    def strengths(self) -> np.ndarray:
        """`[experts]` float32 s of each unit."""
        return np.broadcast_to(np.asarray(self.strength, dtype=np.float32), self.unit_ids.shape)


def intervene(
    units: Units,
    unit_ids: np.ndarray,
    maps_of: Callable[[np.ndarray], UnitMaps],
    strength: float = 1.0,
    label: str = "",
) -> Intervention:
    """An intervention on some units by a rule that was given its statistics; InputError for no unit."""
    if not len(unit_ids):
        raise InputError(f"{label or 'the intervention'} reaches no unit: choose at least one")
    maps = maps_of(unit_ids)
    return Intervention(
        units, unit_ids, maps.targets, strength, label, maps.slopes, maps.low, maps.high, maps_of
    )


def random_control(intervention: Intervention, seed: int) -> Intervention:
    """As many random units in every module as the intervention has there, none of them its own.

    The rule does with each random unit what its *own* statistics say (with rule ``set``, its mean response to the
    same positive set): a value that it really takes on these sentences. What is left of an effect then comes from
    the number and place of the units and from values of that size, not from their being experts.

    An InputError when more than half of a module's units are chosen, so that no equal number is left, or when
    the intervention does not carry `maps_of`.
    """
    if intervention.maps_of is None:
        raise InputError(f"{intervention.label!r} has no targets for other units: make it with set_to_mean")
    units, generator, chosen = intervention.units, np.random.default_rng(seed), []
    counts = np.bincount(units.module_of[intervention.unit_ids], minlength=len(units.modules))
    for position in np.flatnonzero(counts):
        module = np.arange(units.offsets[position], units.offsets[position + 1])
        others = np.setdiff1d(module, intervention.unit_ids)
        if len(others) < counts[position]:
            raise InputError(
                f"{counts[position]} of the {len(module)} units of {units.modules[position].path} are "
                "experts, too few others are left for a random control: choose fewer experts"
            )
        chosen.append(np.sort(generator.choice(others, counts[position], replace=False)))
    unit_ids = np.concatenate(chosen).astype(np.int64) if chosen else intervention.unit_ids
    maps = intervention.maps_of(unit_ids)
    label = f"random units for {intervention.label}, draw {seed}"
    return replace(
        intervention, unit_ids=unit_ids, targets=maps.targets, slopes=maps.slopes, low=maps.low, high=maps.high,
        label=label,
    )  # fmt: skip


def joined(parts: Sequence[Intervention]) -> tuple[Intervention, int]:
    """Several interventions as one, and on how many units they are at odds.

    A unit that several of them choose is left to the first: what the others wanted of it is dropped, and counted.
    Raises InputError for none, or interventions on different models' units.
    """
    if not parts:
        raise InputError("there is no intervention to join: expected at least one")
    if len({part.units.digest for part in parts}) > 1:
        raise InputError("the interventions were made for different models: expected one model's units")
    if len(parts) == 1:
        return parts[0], 0
    ids = np.concatenate([part.unit_ids for part in parts])
    _, first = np.unique(ids, return_index=True)
    first = np.sort(first)
    ranged = any(part.low is not None for part in parts)

    def column(values: Callable[[Intervention], np.ndarray | None], usual: float) -> np.ndarray:
        found = [(values(part), len(part.unit_ids)) for part in parts]
        whole = [np.full(count, usual, np.float32) if each is None else each for each, count in found]
        return np.concatenate(whole)[first]

    made = Intervention(
        parts[0].units,
        ids[first],
        column(lambda part: part.targets, 0.0),
        column(lambda part: part.strengths, 0.0),
        " + ".join(part.label for part in parts),
        column(lambda part: part.slopes, 0.0) if any(part.slopes is not None for part in parts) else None,
        column(lambda part: part.low, -np.inf) if ranged else None,
        column(lambda part: part.high, np.inf) if ranged else None,
    )
    return made, len(ids) - len(first)

"""Experts at every tau at once: counted in one pass over the AP matrix, so that moving tau is a lookup."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from ..errors import Cancelled, InputError
from ..models.units import Kind, Units
from .distribution import Share

STEPS = 100
"""Steps of tau between 0 and 1; also the bins of an AP histogram, so that bars and expert sets agree."""
TAU_GRID = tuple(step / STEPS for step in range(5, STEPS))
"""0.05, 0.06, … 0.99: what a slider offers."""

_EDGES = np.arange(STEPS + 1) / STEPS
_BLOCK = 32768


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
    """In order of layer, then as in the block, like `distribution`."""
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


@dataclass(frozen=True, eq=False)
class ThresholdCounts:
    """How many units of each module lie strictly above each tau, for each concept."""

    concepts: tuple[str, ...]
    """Keys of the rows."""
    units: Units
    above: np.ndarray
    """`[101, concepts, modules]` int32 units with AP strictly above 0.00, 0.01, … 1.00. Read-only."""

    def __post_init__(self) -> None:
        self.above.flags.writeable = False

    def at(self, tau: float) -> np.ndarray:
        """`[concepts, modules]` int32 experts at tau; a read-only view.

        Raises:
            InputError: for a tau that is not a multiple of 0.01 in [0, 1).
        """
        return self.above[_step(tau)]

    def experts(self, tau: float, *, without_token_only: bool = False) -> np.ndarray:
        """`[concepts]` int64 size of each expert set at tau."""
        return self.at(tau)[:, self._kept(without_token_only)].sum(axis=1, dtype=np.int64)

    def places(
        self, tau: float, by: Literal["kind", "module"] = "kind", *, without_token_only: bool = False
    ) -> PlaceCounts:
        """Experts per (layer, kind) or (layer, module): `distribution` for all concepts.

        Args:
            tau: threshold, a multiple of 0.01.
            by: what a place is.
            without_token_only: leave out token-only modules, their experts and their units.
        """
        kept = self._kept(without_token_only)
        places: dict[tuple[int, Kind, str], list[int]] = {}
        for position in np.flatnonzero(kept).tolist():
            module = self.units.modules[position]
            path = module.path if by == "module" else ""
            places.setdefault((module.layer, module.kind, path), []).append(position)
        counts = self.at(tau)
        widths = [module.width for module in self.units.modules]
        experts = [counts[:, inside].sum(axis=1, dtype=np.int64) for inside in places.values()]
        return PlaceCounts(
            tau,
            self.concepts,
            tuple(Place(*place, sum(widths[i] for i in inside)) for place, inside in places.items()),
            np.stack(experts, axis=1) if experts else np.zeros((len(self.concepts), 0), dtype=np.int64),
        )

    def histogram(self, concept: str, *, without_token_only: bool = False) -> np.ndarray:
        """`[100]` int64 units with AP in (0.00, 0.01], (0.01, 0.02], … (0.99, 1.00].

        Closed above, so that the bins from tau on hold exactly the experts at tau. An AP of exactly 0, which
        no scored unit has, counts in the first bin.
        """
        kept = self._kept(without_token_only)
        above = self.above[:, self.concepts.index(concept)][:, kept].sum(axis=1, dtype=np.int64)
        above[0] = self._widths[kept].sum()
        return above[:-1] - above[1:]

    @cached_property
    def _widths(self) -> np.ndarray:
        return np.array([module.width for module in self.units.modules], dtype=np.int64)

    def _kept(self, without_token_only: bool) -> np.ndarray:
        token_only = np.array([module.token_only for module in self.units.modules], dtype=bool)
        return ~token_only if without_token_only else np.ones_like(token_only)


def threshold_counts(
    ap: np.ndarray,
    concepts: Sequence[str],
    units: Units,
    *,
    cancelled: Callable[[], bool] | None = None,
) -> ThresholdCounts:
    """Count the experts of every concept and module at tau = 0.00, 0.01, … in one pass.

    Exact: the same numbers as ``(ap > tau).sum()`` with tau = k / 100, an AP that equals tau included. Reads
    the matrix in blocks of a row and copies none of it, so a memory map of any size will do.

    Args:
        ap: `[concepts, units]` average precision, float64.
        concepts: keys of the rows.
        units: table of the columns.
        cancelled: asked once per concept whether to stop.

    Returns:
        101 × concepts × modules counts.

    Raises:
        InputError: for a shape that does not fit, or an AP that is not a number from 0 to 1.
        Cancelled: when `cancelled` said so.

    Source: METHOD sections 4 and 8.
    """
    if ap.shape != (len(concepts), units.count):
        raise InputError(
            f"expertise of shape {ap.shape} for {len(concepts)} concepts and {units.count} units: expected "
            "one row per concept and one column per unit"
        )
    # A value's slot is its module's first slot plus the number of grid values strictly below it.
    slots = STEPS + 1
    first_slot = units.module_of.astype(np.int64) * slots
    binned = np.zeros((len(concepts), len(units.modules) * slots), dtype=np.int64)
    for number, concept in enumerate(concepts):
        if cancelled and cancelled():
            raise Cancelled(f"counting stopped after {number} of {len(concepts)} concepts")
        for start in range(0, units.count, _BLOCK):
            values = ap[number, start : start + _BLOCK]
            if not (values.min() >= 0 and values.max() <= 1):
                raise InputError(
                    f"the expertise of {concept!r} holds an AP that is not a number from 0 to 1: find its "
                    "experts again or leave the concept out"
                )
            slot = grid_values_below(values)
            slot += first_slot[start : start + _BLOCK]
            lowest, highest = int(first_slot[start]), int(slot.max()) + 1
            slot -= lowest
            binned[number, lowest:highest] += np.bincount(slot, minlength=highest - lowest)
    by_module = binned.reshape(len(concepts), len(units.modules), slots)
    # Strictly above edge k are the values with more than k edges below them.
    down = np.cumsum(by_module[:, :, ::-1], axis=2)[:, :, ::-1]
    above = np.zeros((slots, len(concepts), len(units.modules)), dtype=np.int32)
    above[:-1] = np.moveaxis(down[:, :, 1:], 2, 0)
    return ThresholdCounts(tuple(concepts), units, above)


def ap_bins(ap: np.ndarray) -> np.ndarray:
    """`[100]` int64 counts of AP values in (0.00, 0.01], … (0.99, 1.00]; see `ThresholdCounts.histogram`.

    Args:
        ap: `[units]` average precision, from 0 to 1.
    """
    below = np.bincount(grid_values_below(np.asarray(ap)), minlength=STEPS + 1)
    below[1] += below[0]
    return below[1 : STEPS + 1]


def grid_values_below(values: np.ndarray) -> np.ndarray:
    """`[n]` int64 how many of 0.00, 0.01, … 1.00 lie strictly below each value in [0, 1].

    The nearest grid value decides: a product such as 0.07 * 100 is off by a rounding error, but never by half
    a step, and nearest / 100 is the grid value itself, so the comparison is exact.
    """
    nearest = np.rint(values * STEPS)
    below = nearest.astype(np.int64)
    nearest /= STEPS
    below += values > nearest
    return below


def _step(tau: float) -> int:
    step = round(tau * STEPS) if 0 <= tau < 1 else -1
    if not 0 <= step < STEPS or abs(tau - _EDGES[step]) > 1e-9:
        raise InputError(
            f"tau {tau}: experts are counted at 0.00, 0.01, … 0.99, so give a tau with two decimals"
        )
    return step

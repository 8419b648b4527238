"""Experts at every tau at once: counted in one pass over the AP matrix, so that moving tau is a lookup."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import Cancelled, InputError
from ..models.units import Units
from .ap_grid import STEPS, grid_values_below
from .distribution import By, PlaceCounts, places_of

_BLOCK = 32768


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
        """`[concepts, modules]` int32 experts at tau, a multiple of 0.01 in [0, 1); a read-only view."""
        step = round(tau * STEPS) if 0 <= tau < 1 else -1
        if not 0 <= step < STEPS or abs(tau - step / STEPS) > 1e-9:
            raise InputError(
                f"tau {tau}: experts are counted at 0.00, 0.01, … 0.99, so give a tau with two decimals"
            )
        return self.above[step]

    def experts(self, tau: float, *, without_token_only: bool = False) -> np.ndarray:
        """`[concepts]` int64 size of each expert set at tau."""
        return self.at(tau)[:, self._kept(without_token_only)].sum(axis=1, dtype=np.int64)

    def places(self, tau: float, by: By = "kind", *, without_token_only: bool = False) -> PlaceCounts:
        """Experts per (layer, kind) or (layer, module): `distribution` for all concepts."""
        counts = self.at(tau)
        places = places_of(self.units, by, without_token_only)
        experts = np.zeros((len(self.concepts), len(places)), dtype=np.int64)
        for column, numbers in enumerate(places.values()):
            experts[:, column] = counts[:, numbers].sum(axis=1, dtype=np.int64)
        return PlaceCounts(tau, self.concepts, tuple(places), experts)

    def histogram(self, concept: str, *, without_token_only: bool = False) -> np.ndarray:
        """`[100]` int64 units with AP in (0.00, 0.01], (0.01, 0.02], … (0.99, 1.00].

        Closed above, so that the bins from tau on hold exactly the experts at tau. An AP of exactly 0, which
        no scored unit has, counts in the first bin.
        """
        kept = self._kept(without_token_only)
        above = self.above[:, self.concepts.index(concept)][:, kept].sum(axis=1, dtype=np.int64)
        above[0] = sum(self.units.modules[number].width for number in kept)
        return above[:-1] - above[1:]

    def _kept(self, without_token_only: bool) -> list[int]:
        modules = enumerate(self.units.modules)
        return [number for number, module in modules if not (without_token_only and module.token_only)]


def threshold_counts(
    ap: np.ndarray, concepts: Sequence[str], units: Units, *, cancelled: Callable[[], bool] | None = None
) -> ThresholdCounts:
    """Count the experts of every concept and module at tau = 0.00, 0.01, … in one pass.

    Exact: the same numbers as ``(ap > tau).sum()`` with tau = k / 100, an AP that equals tau included. Reads
    the matrix in blocks of a row and copies none of it, so a memory map of any size will do.

    Args:
        ap: `[concepts, units]` float64 average precision; an InputError for what is no number from 0 to 1.
        concepts: keys of the rows.
        units: table of the columns.
        cancelled: asked once per concept; ends the count with `Cancelled`.

    Source: docs/method.md, sections 4 and 8.
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

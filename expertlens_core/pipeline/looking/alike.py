"""Units alike: the nearest units of a library by profile, each with what it is best at."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...analysis.alike import alike_units
from ...models.units import units_named
from ...run import Run
from .unit_request import UnitRequest
from .unit_table import unit_table

VERSION = 1
COUNT = 20
BEST = 3
"""Concepts that are told of each."""


@dataclass(frozen=True, eq=False)
class Alike:
    """Units whose AP over the concepts goes with one unit's."""

    units: tuple[str, ...]
    """Their names, the nearest first."""
    correlations: np.ndarray
    """`[units]` float64 correlation of the AP over all concepts."""
    concepts: tuple[tuple[str, ...], ...]
    """`[units]` the concepts that each has the highest AP for, the best first."""
    ap: np.ndarray
    """`[units, concepts]` float64 AP for these."""


def alike(asked: UnitRequest, run: Run) -> Alike:
    """The units of a model that are most alike to one, by the correlation of their AP over a library's concepts; kept.

    Raises InputError for an unknown unit, fewer than three concepts with results, or a unit without a profile.
    """
    table = unit_table(asked.find, run)
    unit_id = int(units_named(table.units, (asked.unit,))[0])
    fields = {"unit": table.units.label(unit_id), "count": COUNT, "best": BEST}
    key = table.found.key("units alike", VERSION, f"units alike to {asked.unit}", fields)

    def make() -> Alike:
        found = alike_units(table.ap, unit_id, COUNT)
        columns = np.array(table.ap[:, found.unit_ids]).T
        order = np.argsort(-columns, axis=1, kind="stable")[:, :BEST]
        best = tuple(tuple(table.found.concepts[place] for place in row) for row in order.tolist())
        names = tuple(table.units.label(int(each)) for each in found.unit_ids)
        return Alike(names, found.correlations, best, np.take_along_axis(columns, order, axis=1))

    return run.kept(Alike, key, make)

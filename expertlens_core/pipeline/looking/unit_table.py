"""The unit table: AP and AUROC of every unit for every concept of a library, read one unit at a time from the disk."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...artefacts import Rows
from ...experts.chance import simulate_null
from ...experts.expertise import Expertise
from ...experts.unit_profile import UnitProfile
from ...models.units import Units
from ...run import NotKeptError, Run
from ..finding.expertise_file import expertise_from_file
from ..finding.request import FindRequest
from ..finding.scored import Scored, scored

VERSION = 1
BAND = (0.005, 0.995)
"""Quantiles of random rankings between which chance stays in 99 of 100 cases."""

BEST = 160
"""Units of each concept that are among the best of all; where they come to more than `MOST`, fewer."""
MOST = 8000
ALIKE = 0.01
"""Most that shares of positives differ where AP is compared as it is."""


@dataclass(frozen=True, eq=False)
class UnitTable:
    """What is known of all units, memory-mapped: a unit is one column."""

    found: Scored
    ap: np.ndarray
    """`[concepts, units]` float64, see `UnitProfile.ap`."""
    auroc: np.ndarray
    """`[concepts, units]` float32, see `UnitProfile.auroc`."""
    chance: np.ndarray
    """`[2, concepts]` float64 AP of random rankings at the quantiles of `BAND`."""
    best: np.ndarray
    """`[some units]` int64 ascending ids of the best units of every concept, whose responses are kept when read."""

    @property
    def units(self) -> Units:
        """The table of units."""
        return self.found.units

    @property
    def reweighted(self) -> bool:
        """Whether AP is read at prevalence 2/7."""
        return _unequal(self.found)

    def profile(self, unit_id: int) -> UnitProfile:
        """One unit, by its flat id; reads its columns only."""
        domains = {concept.key: concept.domain for concept in self.found.plan.concepts}
        return UnitProfile(
            self.units.label(unit_id),
            self.found.concepts,
            tuple(domains[key] for key in self.found.concepts),
            np.array(self.ap[:, unit_id]),
            np.array(self.auroc[:, unit_id], dtype=np.float64),
            self.chance[0],
            self.chance[1],
        )


def unit_table(request: FindRequest, run: Run) -> UnitTable:
    """The unit table of a request's concepts that have results, kept.

    Raises as `scored`; NotKeptError from a run that may compute nothing, where it is not put together yet.
    """
    found = scored(request, run)
    key = found.key("unit table", VERSION, "AUROC of every unit", {"best": BEST})
    if not run.compute and run.artefacts.get(key) is None:
        raise NotKeptError(f"{key.label} has not been put together yet")
    file = run.kept_file(key, lambda: _made(found), mapped=True)
    comparable = file.arrays.get("ap")
    ap = found.ap if comparable is None else comparable
    return UnitTable(found, ap, *(file.arrays[name] for name in ("auroc", "chance", "best")))


def best_units(ap: np.ndarray) -> np.ndarray:
    """`[some units]` int64 ascending ids of the `BEST` units of every concept, by `ap` `[concepts, units]`."""
    each = min(BEST, max(1, MOST // len(ap)), ap.shape[1])
    return np.unique(np.concatenate([np.argpartition(-row, each - 1)[:each] for row in ap])).astype(np.int64)


def _made(found: Scored) -> tuple[dict[str, np.ndarray | Rows], dict[str, Any]]:
    unequal, shape = _unequal(found), (len(found.concepts), found.units.count)

    def each() -> Iterator[Expertise]:
        for number, (concept, file) in enumerate(found.files(mapped=False)):
            found.run.check()
            found.run.progress(number, shape[0], f"reading {concept}")
            yield expertise_from_file(file)

    told = [json.loads(file.metadata["info"]) for _, file in found.files(mapped=True)]
    sizes = [(info["positives"], info["negatives"]) for info in told]
    nulls = {size: simulate_null(*size, reweighted=unequal) for size in set(sizes)}
    chance = np.array([[nulls[size].quantile(share) for size in sizes] for share in BAND])
    arrays: dict[str, np.ndarray | Rows] = {"chance": chance, "best": best_units(found.ap)}
    arrays["auroc"] = Rows(shape, np.float32, lambda: (one.auroc for one in each()))
    if unequal:
        arrays["ap"] = Rows(shape, np.float64, lambda: (one.comparable_ap for one in each()))
    return arrays, {"concepts": list(found.concepts)}


def _unequal(found: Scored) -> bool:
    """Whether the concepts' AP cannot be compared as it is."""
    return bool(np.ptp(found.prevalences) > ALIKE)

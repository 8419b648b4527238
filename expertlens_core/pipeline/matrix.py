"""The AP of every unit for every concept, as one memory-mapped matrix."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np

from ..artefacts import ArtefactKey, Artefacts, Rows, open_artefacts
from ..concepts import Library
from ..errors import InputError
from ..models.units import Units
from .expertise_file import expertise_from_file
from .model_record import ModelRecord
from .plan import Plan, plan_find
from .request import FindRequest

VERSION = 1


@dataclass(frozen=True, eq=False)
class ApMatrix:
    """AP of the concepts of one model, library and recipe."""

    concepts: tuple[str, ...]
    """Keys of the concepts with a cached result."""
    units: Units
    values: np.ndarray
    """`[concepts, units]` float64, memory-mapped, read-only."""
    missing: tuple[str, ...]
    """Keys of the concepts without one."""

    def unit(self, unit_id: int) -> np.ndarray:
        """`[concepts]` AP of one unit for every concept."""
        return np.array(self.values[:, unit_id])

    def concept(self, key: str) -> np.ndarray:
        """`[units]` AP of every unit for one concept."""
        return self.values[self.concepts.index(key)]


def ap_matrix(
    request: FindRequest,
    *,
    library: Library | None = None,
    record: ModelRecord | None = None,
    artefacts: Artefacts | None = None,
) -> ApMatrix:
    """The matrix over a request's cached results, built once and mapped from then on. Loads no model.

    Raises:
        InputError: when there is no cached result yet.
    """
    store = artefacts or open_artefacts()
    plan = plan_find(request, library=library, record=record, artefacts=store)
    concepts = tuple(c.key for c in plan.concepts if c.key not in plan.missing)
    if plan.record is None or not concepts:
        raise InputError(
            f"there are no results for {request.model!r} and {request.library!r} yet: run find with the "
            "same options"
        )
    fields = {concept: plan.keys[concept].digest for concept in concepts}
    label = f"AP matrix of {plan.library.name} in {plan.record.name}"
    key = ArtefactKey("ap matrix", VERSION, fields, "derived", label)
    rows = Rows(len(concepts), plan.record.units.count, np.float64, partial(_rows, plan, concepts, store))
    file = store.computed(key, lambda: ({"ap": rows}, {"concepts": concepts}))
    return ApMatrix(concepts, plan.record.units, file.arrays["ap"], plan.missing)


def _rows(plan: Plan, concepts: tuple[str, ...], artefacts: Artefacts) -> Iterator[np.ndarray]:
    for concept in concepts:
        file = artefacts.get(plan.keys[concept], mapped=False)
        if file is None:
            raise InputError(f"the result for {concept!r} was damaged or removed: run find again")
        yield expertise_from_file(file).ap

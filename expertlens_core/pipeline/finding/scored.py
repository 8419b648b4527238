"""Scored: a library whose experts have been found, as the comparison of concepts starts from it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from ...artefacts import ArrayFile, ArtefactKey, Rows
from ...errors import InputError
from ...models.units import Units
from ...run import Run
from .expertise_file import expertise_from_file, library_versions
from .find import find
from .model_record import ModelRecord
from .plan import Plan, plan_find
from .request import FindRequest


@dataclass(frozen=True, eq=False)
class Scored:
    """The AP of every unit for every concept of a request that has a result."""

    plan: Plan
    """Nothing of it is missing unless only cached results were wanted."""
    record: ModelRecord
    run: Run

    @property
    def concepts(self) -> tuple[str, ...]:
        """Keys of the concepts with a result."""
        return self.plan.finished

    @property
    def units(self) -> Units:
        """The table of units."""
        return self.record.units

    @property
    def name(self) -> str:
        """Library and model, for the labels of artefacts."""
        return f"{self.plan.library.name} in {self.record.name}"

    @property
    def label(self) -> str:
        """Model and revision, for charts that hold several."""
        return f"{self.record.name} {self.record.revision[:12]}".strip()

    def key(self, stage: str, version: int, label: str, fields: Mapping[str, Any]) -> ArtefactKey:
        """Key of what is derived from all results."""
        fields = {"results": self.plan.results, **fields}
        return ArtefactKey(stage, version, fields, "derived", f"{label}, {self.name}")

    @cached_property
    def ap(self) -> np.ndarray:
        """`[concepts, units]` float64, memory-mapped, read-only; built once and mapped from then on."""
        fields = {concept: self.plan.keys[concept].digest for concept in self.concepts}
        key = ArtefactKey("ap matrix", 1, fields, "derived", f"AP matrix of {self.name}")
        shape, files = (len(self.concepts), self.units.count), self.files
        rows = Rows(
            shape, np.float64, lambda: (expertise_from_file(file).ap for _, file in files(mapped=False))
        )
        run = self.run.at_hand(compute=True)  # put together from results that are there
        file = run.kept_file(key, lambda: ({"ap": rows}, {"concepts": self.concepts}), mapped=True)
        return file.arrays["ap"]

    def of(self, concept: str) -> np.ndarray:
        """`[units]` AP of every unit for one concept; raises InputError for a concept without a result."""
        if concept not in self.concepts:
            raise InputError(
                f"no concept {concept!r} among the {len(self.concepts)} compared: choose one of them, or find its "
                "experts first"
            )
        return np.asarray(self.ap[self.concepts.index(concept)])

    @cached_property
    def about(self) -> dict[str, Any]:
        """Model, library, recipe and versions, JSON-able: what captions and methods paragraphs are made of."""
        store = self.run.artefacts
        days = [day for key in self.concepts if (day := store.shipped_day(self.plan.keys[key]))]
        return {
            "model": self.record.name,
            "revision": self.record.revision,
            "library": self.plan.library.name,
            "library_digest": self.plan.library.digest,
            "pool": "" if self.plan.pool is None else self.plan.pool.name,
            "concepts": len(self.concepts),
            "concepts_missing": list(self.plan.missing),
            "units": self.units.count,
            "device": self.record.device,
            "request": self.plan.request.to_json(),
            "versions": library_versions(),
            **({"shipped": max(days)} if days else {}),
            **({"warnings": self.warnings} if self.warnings else {}),
        }

    @property
    def prevalences(self) -> np.ndarray:
        """`[concepts]` positives / all of each concept."""
        return self._sets.arrays["prevalence"]

    @cached_property
    def warnings(self) -> dict[str, list[str]]:
        """Concept → the warnings of its result; concepts without one are left out."""
        return json.loads(self._sets.metadata["info"]).get("warnings", {})

    @cached_property
    def _sets(self) -> ArrayFile:
        def make() -> tuple[dict[str, np.ndarray], dict[str, Any]]:
            shares, warned = [], {}
            for concept, file in self.files(mapped=True):
                info = json.loads(file.metadata["info"])
                shares.append(info["positives"] / (info["positives"] + info["negatives"]))
                if info["warnings"]:
                    warned[concept] = info["warnings"]
            return {"prevalence": np.array(shares)}, {"warnings": warned} if warned else {}

        return self.run.at_hand(compute=True).kept_file(self.key("prevalence", 1, "prevalence", {}), make)

    def files(self, mapped: bool) -> Iterator[tuple[str, ArrayFile]]:
        """Each concept with the file of its result; raises InputError for one that is gone."""
        for concept in self.concepts:
            file = self.run.artefacts.get(self.plan.keys[concept], mapped)
            if file is None:
                raise InputError(f"the result for {concept!r} was damaged or removed: run find again")
            yield concept, file

    def mask(self, without_token_only: bool = False, **place: Any) -> np.ndarray | None:
        """`[units]` True for the units to compare; None where nothing is left out (see `unit_mask`)."""
        return unit_mask(self.units, without_token_only=without_token_only, **place)


def scored(request: FindRequest, run: Run) -> Scored:
    """The scored library of a request; missing experts are found first, unless the run takes what is there.

    Raises InputError as `find`, and when there is no result at all.
    """
    plan = plan_find(request, run)
    if run.complete and plan.missing:
        for _ in find(request, run):
            pass
        plan = plan_find(request, run)
    if plan.record is None or not plan.finished:
        raise InputError(
            f"there are no results for {request.model!r} and {request.library!r} yet: run find with the "
            "same options"
        )
    return Scored(plan, plan.record, run)


def unit_mask(
    units: Units, *, without_token_only: bool = False, kind: str | None = None, layer: int | None = None
) -> np.ndarray | None:
    """`[units]` True for the units to compare; None where nothing is left out.

    Token-only modules see only the current token's embedding. Raises InputError when no unit is left.
    """
    if not without_token_only and kind is None and layer is None:
        return None
    mask = np.ones(units.count, dtype=bool)
    if without_token_only:
        mask &= ~units.token_only
    if kind is not None:
        mask &= np.array([module.kind == kind for module in units.modules])[units.module_of]
    if layer is not None:
        mask &= units.layer_of == layer
    if not mask.any():
        kinds = " or ".join(dict.fromkeys(module.kind for module in units.modules))
        raise InputError(
            f"no unit is left (kind {kind or 'any'}, layer {'any' if layer is None else layer}, "
            f"token-only modules {'left out' if without_token_only else 'kept'}): expected kind "
            f"{kinds} and a layer from 0 to {units.layers - 1}"
        )
    return mask

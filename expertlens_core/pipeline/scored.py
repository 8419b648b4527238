"""Scored: a library whose experts have been found, as the comparison of concepts starts from it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from ..artefacts import ArrayFile, ArtefactKey, Artefacts, digest_of, open_artefacts
from ..concepts import Library, load_library
from ..errors import InputError
from ..models.units import Units
from .expertise_file import library_versions
from .finding import find
from .matrix import ApMatrix, ap_matrix
from .model_record import ModelRecord
from .plan import Plan, plan_find
from .request import Cancelled, FindRequest, Progress
from .session import Load

if TYPE_CHECKING:
    from ..models.language_model import LanguageModel


@dataclass(frozen=True, eq=False)
class Scored:
    """The AP matrix of a request, and what names it."""

    plan: Plan
    """Request, library, pool and keys; nothing of it is missing unless only cached results were wanted."""
    record: ModelRecord
    ap: ApMatrix
    artefacts: Artefacts

    @property
    def concepts(self) -> tuple[str, ...]:
        """Keys of the concepts with a result."""
        return self.ap.concepts

    @property
    def units(self) -> Units:
        """The table of units."""
        return self.ap.units

    @property
    def missing(self) -> tuple[str, ...]:
        """Keys of the requested concepts without a result."""
        return self.ap.missing

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) of the concepts with their results' keys, in order."""
        return digest_of([[key, self.plan.keys[key].digest] for key in self.concepts])

    @cached_property
    def about(self) -> dict[str, Any]:
        """Model, library, recipe and versions, JSON-able: what captions and methods paragraphs are made of."""
        days = [day for key in self.concepts if (day := self.artefacts.shipped_day(self.plan.keys[key]))]
        return {
            "model": self.record.name,
            "revision": self.record.revision,
            "library": self.plan.library.name,
            "library_digest": self.plan.library.digest,
            "pool": "" if self.plan.pool is None else self.plan.pool.name,
            "concepts": len(self.concepts),
            "concepts_missing": list(self.missing),
            "units": self.units.count,
            "device": self.record.device,
            "request": self.plan.request.to_json(),
            "versions": library_versions(),
            **({"shipped": max(days)} if days else {}),
            **({"warnings": self.warnings} if self.warnings else {}),
        }

    @cached_property
    def prevalences(self) -> np.ndarray:
        """`[concepts]` positives / all of each concept."""
        return self._sets.arrays["prevalence"]

    @cached_property
    def warnings(self) -> dict[str, list[str]]:
        """Concept → what its result warns of; concepts without a warning are left out."""
        warned: dict[str, list[str]] = json.loads(self._sets.metadata["info"]).get("warnings", {})
        return warned

    @property
    def label(self) -> str:
        """Model and revision, for charts that hold several."""
        return f"{self.record.name} {self.record.revision[:12]}".strip()

    @property
    def _name(self) -> str:
        return f"{self.plan.library.name} in {self.record.name}"

    @cached_property
    def _sets(self) -> ArrayFile:
        """Every result is read once, then what its sets are is kept."""
        key = ArtefactKey("prevalence", 1, {"results": self.digest}, "derived", f"prevalence, {self._name}")
        return self.artefacts.computed(key, self._read_sets)

    def _read_sets(self) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        shares, warned = [], {}
        for concept in self.concepts:
            file = self.artefacts.get(self.plan.keys[concept])
            if file is None:
                raise InputError(f"the result for {concept!r} was damaged or removed: run find again")
            info = json.loads(file.metadata["info"])
            shares.append(info["positives"] / (info["positives"] + info["negatives"]))
            if info["warnings"]:
                warned[concept] = info["warnings"]
        return {"prevalence": np.array(shares)}, {"warnings": warned} if warned else {}


def scored(
    request: FindRequest,
    *,
    library: Library | None = None,
    model: LanguageModel | None = None,
    artefacts: Artefacts | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
    load: Load | None = None,
    complete: bool = True,
) -> Scored:
    """The scored library of a request; missing experts are found first.

    Args:
        request, library, model, artefacts, progress, cancelled, load: as for `find`.
        complete: False takes what the cache holds and loads no model; `Scored.missing` then names the rest.

    Raises:
        InputError: as `find`; with ``complete=False``, when the cache holds nothing yet.
        Cancelled: when `cancelled` said so while experts were found; finished concepts are kept.
    """
    store = artefacts or open_artefacts()
    library = library or load_library(request.library)
    record = None if model is None else ModelRecord.of(model)
    plan = plan_find(request, library=library, record=record, artefacts=store)
    if complete and plan.missing:
        for _ in find(
            request, library=library, model=model, artefacts=store,
            progress=progress, cancelled=cancelled, load=load,
        ):  # fmt: skip
            pass
        plan = plan_find(request, library=library, record=record, artefacts=store)
    matrix = ap_matrix(request, library=library, record=plan.record, artefacts=store)
    if plan.record is None:
        raise RuntimeError("a matrix without a model record cannot be")
    return Scored(plan, plan.record, matrix, store)


def unit_mask(
    units: Units, *, without_token_only: bool = False, kind: str | None = None, layer: int | None = None
) -> np.ndarray | None:
    """`[units]` True for the units to compare; None where nothing is left out.

    Args:
        units: the table of units.
        without_token_only: leave out modules that see only the current token's embedding.
        kind: only units of this kind of module.
        layer: only units of this layer.

    Raises:
        InputError: when no unit is left.
    """
    if not without_token_only and kind is None and layer is None:
        return None
    mask = np.ones(units.count, dtype=bool)
    if without_token_only:
        mask &= ~units.token_only
    if kind is not None:
        kinds = np.array([module.kind == kind for module in units.modules])
        mask &= kinds[units.module_of]
    if layer is not None:
        mask &= units.layer_of == layer
    if not mask.any():
        raise InputError(
            f"no unit is left (kind {kind or 'any'}, layer {'any' if layer is None else layer}, "
            f"token-only modules {'left out' if without_token_only else 'kept'}): expected kind "
            f"{' or '.join(_kinds(units))} and a layer from 0 to {units.layers - 1}"
        )
    return mask


def _kinds(units: Units) -> Sequence[str]:
    return list(dict.fromkeys(module.kind for module in units.modules))

"""Experts of every concept of a library at every tau: counted once by a job, then kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import streamlit as st

from expertlens_core.artefacts import ArtefactKey, Artefacts, digest_of
from expertlens_core.concepts import load_library
from expertlens_core.errors import Cancelled, InputError
from expertlens_core.experts.threshold_counts import ThresholdCounts, threshold_counts
from expertlens_core.models.units import Units
from expertlens_core.pipeline import FindRequest, Plan, plan_find
from expertlens_core.pipeline.expertise_file import expertise_from_file

VERSION = 1


def finished(plan: Plan) -> tuple[str, ...]:
    """Keys of the concepts that have a result."""
    missing = set(plan.missing)
    return tuple(concept.key for concept in plan.concepts if concept.key not in missing)


def counts_key(plan: Plan) -> ArtefactKey:
    """Key of the counts over a plan's finished concepts."""
    results = digest_of([[concept, plan.keys[concept].digest] for concept in finished(plan)])
    label = f"experts of {plan.library.name} in {plan.request.model}"
    return ArtefactKey("experts at every tau", VERSION, {"results": results}, "derived", label)


def kept_counts(plan: Plan, artefacts: Artefacts) -> ThresholdCounts | None:
    """The counts, or None where they have not been made."""
    key = counts_key(plan)
    if plan.record is None or not artefacts.has(key):
        return None
    counts = _counts(key.digest, key, artefacts, finished(plan), plan.record.units)
    if counts is None:  # damaged and dropped: what is made anew must not meet this answer
        _counts.clear()
    return counts


@st.cache_resource(max_entries=4, show_spinner=False)
def _counts(
    digest: str,  # noqa: ARG001 - the others follow from it
    _key: ArtefactKey,
    _artefacts: Artefacts,
    _concepts: tuple[str, ...],
    _units: Units,
) -> ThresholdCounts | None:
    file = _artefacts.get(_key, mapped=False)
    return None if file is None else ThresholdCounts(_concepts, _units, file.arrays["above"])


def count_work(
    artefacts: Artefacts,
) -> Callable[[Mapping[str, Any], Callable[[int, int, str], None], Callable[[], bool]], None]:
    """What the job does: one result after the other is read and counted, and only one is in memory."""

    def work(
        request: Mapping[str, Any], progress: Callable[[int, int, str], None], cancelled: Callable[[], bool]
    ) -> None:
        wanted = FindRequest.from_json(request)
        plan = plan_find(wanted, library=load_library(wanted.library), artefacts=artefacts)
        concepts = finished(plan)
        if plan.record is None or not concepts:
            raise InputError("no concept of this library has a result yet: find the experts of one first")

        def compute() -> tuple[dict[str, np.ndarray], dict[str, Any]]:
            rows, prevalences = [], []
            for number, concept in enumerate(concepts):
                if cancelled():
                    raise Cancelled(f"counting stopped after {number} of {len(concepts)} concepts")
                progress(0, 0, f"reading {concept} ({number + 1} of {len(concepts)})")
                file = artefacts.get(plan.keys[concept])
                if file is None:
                    raise InputError(f"the result for {concept!r} was damaged or removed: find it again")
                expertise = expertise_from_file(file)
                rows.append(threshold_counts(expertise.ap[None], (concept,), expertise.units).above)
                prevalences.append(expertise.prevalence)
            return {"above": np.concatenate(rows, axis=1)}, {
                "concepts": list(concepts),
                "prevalences": prevalences,
            }

        artefacts.computed(counts_key(plan), compute, cancelled=cancelled)

    return work

"""Experts of every concept of a library at every tau: counted once, then kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..artefacts import ArtefactKey, Artefacts, digest_of
from ..concepts import load_library
from ..errors import Cancelled, InputError
from ..experts.threshold_counts import ThresholdCounts, threshold_counts
from ..models.label import model_label
from .expertise_file import expertise_from_file
from .plan import Plan, plan_find
from .request import FindRequest

VERSION = 1


def counts_key(plan: Plan) -> ArtefactKey:
    """Key of the counts over a plan's finished concepts."""
    results = digest_of([[concept, plan.keys[concept].digest] for concept in plan.finished])
    label = f"experts of {plan.library.name} in {model_label(plan.request.model)}"
    return ArtefactKey("experts at every tau", VERSION, {"results": results}, "derived", label)


def kept_counts(plan: Plan, artefacts: Artefacts) -> ThresholdCounts | None:
    """The counts from the cache; None where they have not been made, or were damaged and so dropped."""
    if plan.record is None:
        return None
    file = artefacts.get(counts_key(plan), mapped=False)
    return None if file is None else ThresholdCounts(plan.finished, plan.record.units, file.arrays["above"])


def count_work(
    artefacts: Artefacts,
) -> Callable[[Mapping[str, Any], Callable[[int, int, str], None], Callable[[], bool]], None]:
    """What the job does: one result after the other is read and counted, and only one is in memory."""

    def work(
        request: Mapping[str, Any], progress: Callable[[int, int, str], None], cancelled: Callable[[], bool]
    ) -> None:
        wanted = FindRequest.from_json(request)
        plan = plan_find(wanted, library=load_library(wanted.library), artefacts=artefacts)
        concepts = plan.finished
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

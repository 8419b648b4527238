"""Experts of every concept of a library at every tau: counted once, then kept."""

from __future__ import annotations

from typing import Any

import numpy as np

from ...artefacts import ArtefactKey
from ...errors import Cancelled, InputError
from ...experts.threshold_counts import ThresholdCounts, threshold_counts
from ...models.label import model_label
from ...run import Run
from .expertise_file import expertise_from_file
from .plan import plan_find
from .request import FindRequest

VERSION = 1


def counts(request: FindRequest, run: Run) -> ThresholdCounts:
    """The counts over the concepts that have a result: one is read after the other, and only one is in memory.

    Raises:
        InputError: when none has.
        Cancelled: when the run was asked to stop.
    """
    plan = plan_find(request, run)
    if plan.record is None or not plan.finished:
        raise InputError("no concept of this library has a result yet: find the experts of one first")
    concepts = plan.finished

    def make() -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        rows = []
        for number, concept in enumerate(concepts):
            if run.cancelled():
                raise Cancelled(f"counting stopped after {number} of {len(concepts)} concepts")
            run.progress(0, 0, f"reading {concept} ({number + 1} of {len(concepts)})")
            file = run.artefacts.get(plan.keys[concept])
            if file is None:
                raise InputError(f"the result for {concept!r} was damaged or removed: find it again")
            expertise = expertise_from_file(file)
            rows.append(threshold_counts(expertise.ap[None], (concept,), expertise.units).above)
        return {"above": np.concatenate(rows, axis=1)}, {"concepts": list(concepts)}

    label = f"experts of {plan.library.name} in {model_label(request.model)}"
    key = ArtefactKey("experts at every tau", VERSION, {"results": plan.results}, "derived", label)
    return ThresholdCounts(concepts, plan.record.units, run.kept_file(key, make).arrays["above"])

"""Find: from a request to the expertise of each concept, and the experts of a library at every tau; the cache first."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from ...artefacts import ArtefactKey
from ...concepts import Concept
from ...errors import InputError
from ...experts.expertise import Expertise
from ...experts.threshold_counts import ThresholdCounts, threshold_counts
from ...models.label import model_label
from ...run import NotKeptError, Run
from .concept_expertise import Session, concept_expertise
from .expertise_file import expertise_from_file
from .model_record import ModelRecord
from .plan import Plan, plan_find
from .request import FindRequest


@dataclass(frozen=True, eq=False)
class Found:
    """One concept's result."""

    concept: Concept
    expertise: Expertise
    digest: str
    """Of the artefact's key."""
    checksum: str
    """Of the artefact's content."""
    cached: bool
    """True where nothing had to be computed."""
    about: dict[str, Any]
    """How it came about: model, revision, library, pool, request, versions of the libraries; ``seconds``, where they
    are known; ``shipped``, the day of its computing, where it came with the installation."""


def find(request: FindRequest, run: Run) -> Iterator[Found]:
    """The expertise of each concept of a request, in library order, each kept as soon as it is there.

    What is cached is read without loading the model. Otherwise the responses to the negative pool are computed once,
    then each concept costs its own sentences. A run that is stopped or killed goes on where it was: finished concepts
    and finished chunks of the pool are on the disk.

    Raises InputError at once for an unknown library, concept or value; on the way for an unusable model.
    """
    return _results(plan_find(request, run), run)


def _results(plan: Plan, run: Run) -> Iterator[Found]:
    session = Session(plan, run)
    if plan.missing and not run.compute:
        raise NotKeptError(f"the experts of {plan.missing[0]!r} are not found yet: find them first")
    if plan.missing:
        run = run.at_hand(model=session.model)
        session = Session(plan_find(plan.request, run), run)
        plan = session.plan
    session.expect()
    for number, concept in enumerate(plan.concepts, 1):
        run.check(f"stopped after {number - 1} of {len(plan.concepts)} concepts")
        key = plan.keys[concept.key]
        computed: list[bool] = []

        def compute(concept: Concept = concept, key: ArtefactKey = key, done: list[bool] = computed) -> Any:
            done.append(True)
            known = session.plan.record  # the keys were made from it: the loaded model must be that one
            if known is None or asdict(ModelRecord.of(session.model)) != asdict(known):
                raise InputError(
                    f"model {plan.request.model!r} is not the one that its cached results came from: it has changed "
                    "since, so start again"
                )
            started = time.perf_counter()
            made = concept_expertise(concept, session)
            # Beside the artefact, which is the same bytes wherever it is computed.
            run.artefacts.documents.put(seconds_name(key), round(time.perf_counter() - started, 3))
            return made

        file = run.artefacts.computed(key, compute, mapped=False, cancelled=run.cancelled)
        session.report(f"{concept.key} ({number} of {len(plan.concepts)})")
        about = json.loads(file.metadata["info"])
        about.pop("units", None)
        about.setdefault("seconds", run.artefacts.documents.get(seconds_name(key)))
        if "shipped" in file.metadata:
            about["shipped"] = file.metadata["shipped"]
        yield Found(concept, expertise_from_file(file), key.digest, file.checksum, not computed, about)


def seconds_name(key: ArtefactKey) -> str:
    """Name of the document that keeps how long a concept took."""
    return f"seconds/{key.digest}"


def counts(request: FindRequest, run: Run) -> ThresholdCounts:
    """The experts at every tau of each concept that has a result, kept; one result is in memory at a time.

    Raises InputError when none has.
    """
    plan = plan_find(request, run)
    if plan.record is None or not plan.finished:
        raise InputError("no concept of this library has a result yet: find the experts of one first")
    concepts = plan.finished

    def make() -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        rows = []
        for number, concept in enumerate(concepts):
            run.check(f"counting stopped after {number} of {len(concepts)} concepts")
            run.progress(0, 0, f"reading {concept} ({number + 1} of {len(concepts)})")
            file = run.artefacts.get(plan.keys[concept])
            if file is None:
                raise InputError(f"the result for {concept!r} was damaged or removed: find it again")
            expertise = expertise_from_file(file)
            rows.append(threshold_counts(expertise.ap[None], (concept,), expertise.units).above)
        return {"above": np.concatenate(rows, axis=1)}, {"concepts": list(concepts)}

    label = f"experts of {plan.library.name} in {model_label(request.model)}"
    key = ArtefactKey("experts at every tau", 1, {"results": plan.results}, "derived", label)
    return ThresholdCounts(concepts, plan.record.units, run.kept_file(key, make).arrays["above"])

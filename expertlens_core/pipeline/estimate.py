"""The estimate: what a find will take in time, disk and memory, before it starts."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..artefacts import Artefacts, open_artefacts
from ..concepts import Library, draw_negatives
from ..models.units import Units
from .model_record import ModelRecord
from .plan import Plan, plan_find
from .request import FindRequest
from .speed import measure_speed, remember_speed, remembered_speed
from .workload import Workload, workload_of

if TYPE_CHECKING:
    from ..models.language_model import LanguageModel

CHARACTERS_PER_TOKEN = 4.0
"""Of English text, roughly; used only where nothing could be measured."""
_BYTES = {"float32": 4, "bfloat16": 2, "float16": 2}


@dataclass(frozen=True)
class Estimate:
    """What a find will take. The time is rough: other work on the machine changes it."""

    seconds: float
    """Of computing; loading the model and downloading it come on top."""
    disk_bytes: int
    """What stays in the cache."""
    memory_bytes: int
    """Weights of the model, and the responses that are held at once."""
    concepts: int
    """Concepts that have to be computed; the others are in the cache and cost nothing."""
    sentences: int
    """Sentences that the model will read."""
    measured: bool
    """True where the time comes from a measurement of this model on this computer."""
    how: str
    """Where the time comes from, as a sentence."""


def estimate_find(
    what: FindRequest | Plan,
    *,
    model: LanguageModel | None = None,
    library: Library | None = None,
    artefacts: Artefacts | None = None,
    remeasure: bool = False,
) -> Estimate:
    """What a find will take; nothing of it is computed, and no weights are loaded.

    With a model at hand its speed is measured, once per recipe (about a second), and remembered; without one
    the remembered speed is used, or, where there is none, the number of the model's parameters and a short
    measurement of matrix products.

    Args:
        what: the request, or its plan.
        model: the request's model, where it is in memory.
        library: as for `find`.
        artefacts: the cache.
        remeasure: measure the speed again though it is known.

    Raises:
        InputError: as `plan_find`; or where nothing is known of the model, as `unit_table`.
    """
    store = artefacts or open_artefacts()
    request = what.request if isinstance(what, Plan) else what
    known = what.record if isinstance(what, Plan) else None
    if isinstance(what, Plan) and (model is None or known is not None):
        plan = what
    else:
        record = known if model is None else ModelRecord.of(model)
        library = library or (what.library if isinstance(what, Plan) else None)
        plan = plan_find(request, library=library, record=record, artefacts=store)
    if not plan.missing:
        return Estimate(0.0, 0, 0, 0, 0, True, "Everything is in the cache.")
    units = plan.record.units if plan.record is not None else _units(request)
    work = workload_of(plan, units, store)
    speed = None
    if plan.record is not None and not (remeasure and model is not None):
        speed = remembered_speed(request, plan.record, store)
    how = "From an earlier measurement of this model on this computer."
    if speed is None and model is not None and plan.record is not None:
        speed = measure_speed(request, model, work.sentences, work.positives, work.negatives)
        speed = replace(speed, drawing=_drawing(plan))
        remember_speed(request, plan.record, speed, store)
        how = "From a measurement of this model on this computer just now."
    measured = speed is not None
    parameters = _parameters(request, model)
    if speed is None:
        how = "From the model's size and the speed of this processor: rough until the model is loaded."
        seconds = _by_size(parameters, work.sentences, units, work)
    else:
        seconds = speed.reading(work.sentences)
        seconds += work.concepts * speed.scoring(units.count, work.positives + work.negatives)
        seconds += work.drawing * speed.drawing
    held = work.positives if work.keeps_pool else work.positives + work.negatives
    if work.keeps_pool and plan.pool is not None and plan.record is not None and plan.record.device != "cpu":
        held += len(plan.pool)  # a device holds all of it where it can; a CPU reads it from the disk
    return Estimate(
        seconds=seconds,
        disk_bytes=work.disk_bytes,
        memory_bytes=parameters * _BYTES[request.dtype] + 4 * held * units.count,
        concepts=work.concepts,
        sentences=len(work.sentences),
        measured=measured,
        how=how,
    )


def _units(request: FindRequest) -> Units:
    from ..models.catalogue import config_of, known_model
    from ..models.discovery import unit_table_from_config
    from ..models.loading import unit_table

    options = {"modules": request.modules, "include_norms": request.include_norms}
    known = known_model(request.model)
    if known is not None:
        return unit_table_from_config(config_of(known), **options)  # type: ignore[arg-type]
    return unit_table(request.model, request.revision, **options)  # type: ignore[arg-type]


def _parameters(request: FindRequest, model: LanguageModel | None) -> int:
    """Numbers in the weights: of the model, the catalogue, or the configuration."""
    if model is not None:
        return sum(parameter.numel() for parameter in model.model.parameters())
    from ..models.catalogue import known_model

    known = known_model(request.model)
    if known is not None:
        return known.parameters
    from ..models.residency import estimate_memory
    from ..models.sources import find_source

    return estimate_memory(find_source(request.model, request.revision).config) // 4


def _by_size(parameters: int, sentences: Sequence[str], units: Units, work: Workload) -> float:
    """Two operations per parameter and token, and three comparisons per response, sorted and merged."""
    tokens = sum(map(len, sentences)) / CHARACTERS_PER_TOKEN
    responses = work.concepts * units.count * (work.positives + work.negatives)
    return 2 * parameters * tokens / _operations_per_second() + responses * 2e-8


def _operations_per_second() -> float:
    """Of matrix products of the size of a layer's, measured for a tenth of a second."""
    import torch

    device = "cuda" if torch.cuda.is_available() else "cpu"
    with torch.inference_mode():
        left, right = torch.ones(128, 1024, device=device), torch.ones(1024, 1024, device=device)
        float((left @ right)[0, 0])
        rounds, started = 0, time.perf_counter()
        while time.perf_counter() - started < 0.1:
            for _ in range(10):
                product = left @ right
            float(product[0, 0])
            rounds += 10
        return 2 * 128 * 1024 * 1024 * rounds / (time.perf_counter() - started)


def _drawing(plan: Plan) -> float:
    """Seconds to draw the negatives of one concept."""
    drawing = plan.drawing
    if plan.pool is None or not drawing:
        return 0.0
    request = plan.request
    draw_negatives(plan.pool, drawing[0], request.drawn(drawing[0]), request.seed, match=request.match)
    started = time.perf_counter()
    draw_negatives(plan.pool, drawing[-1], request.drawn(drawing[-1]), request.seed, match=request.match)
    return time.perf_counter() - started

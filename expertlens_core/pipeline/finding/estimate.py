"""The estimate: what a find will take in time, disk and memory, before it starts."""

from __future__ import annotations

import json
import time
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from ...experts.chance import positive_weight
from ...experts.expertise import STATISTICS
from ...models.catalogue import config_of, known_model, number_bytes
from ...models.residency import estimate_memory
from ...models.sources import find_source
from ...models.units import Units
from ...run import Run
from .plan import Plan
from .pool import pool_left
from .speed import known_speed, measure_speed, speed_name

if TYPE_CHECKING:
    from ...models.language_model import LanguageModel

CHARACTERS_PER_TOKEN = 4.0
"""Of English text, roughly; used only where nothing could be measured."""
HEADER_BYTES = 2600
"""Of an expertise file without its table of units: request, versions, checksum, names of arrays."""


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


def estimate_find(plan: Plan, run: Run) -> Estimate:
    """What a find will take; nothing of it is computed, and no weights are loaded.

    With a model at hand its speed is measured, once per recipe (about a second), and remembered; without one the
    remembered speed is used, or, where there is none, the number of the model's parameters and a short measurement of
    matrix products.

    Raises InputError where nothing is known of the model, as `unit_table` does.
    """
    if not plan.missing:
        return Estimate(0.0, 0, 0, 0, 0, True, "Everything is in the cache.")
    request, record, model = plan.request, plan.record, run.model
    units, parameters = _size(plan, model)
    missing = len(plan.missing)
    chosen = [plan.positives(concept) for concept in plan.unfinished]
    own = [concept.negatives or () for concept in plan.unfinished]
    sentences = [sentence for each in (*chosen, *own) for sentence in each]
    left, drawn = None, 0
    if plan.drawing:
        pool = plan.drawn_from.sentences
        left = pool_left(plan, run)
        drawn = sum(min(request.drawn(concept), len(pool)) for concept in plan.drawing)
        sentences += [pool[i % len(pool)] for i in range(drawn)] if left is None else left
    characters = sum(map(len, sentences))
    positives = sum(map(len, chosen)) // missing  # in the mean
    negatives = (sum(map(len, own)) + drawn) // missing
    speed = None if record is None else known_speed(request, record, run)
    how = "From an earlier measurement of this model on this computer."
    if speed is None and model is not None and record is not None:
        speed = measure_speed(request, model, sentences, positives, negatives, _drawing(plan))
        run.artefacts.documents.put(speed_name(request, record), asdict(speed))
        how = "From a measurement of this model on this computer just now."
    if speed is None:
        how = "From the model's size and the speed of this processor: rough until the model is loaded."
        # two operations per parameter and token, and three comparisons per response, sorted and merged
        seconds = 2 * parameters * characters / CHARACTERS_PER_TOKEN / _operations_per_second()
        seconds += missing * units.count * (positives + negatives) * 2e-8
    else:
        seconds = speed.sentence * characters / speed.characters
        seconds += missing * speed.unit * units.count * (positives + negatives) / speed.scored
        seconds += len(plan.drawing) * speed.drawing
    disk = missing * _expertise_bytes(units, max(2, positives), max(2, negatives))
    held = positives + negatives
    if left is not None:
        disk += 4 * units.count * len(left)
        # a device holds all of the pool where it can; a CPU reads it from the disk
        held = positives + (len(plan.drawn_from) if record is not None and record.device != "cpu" else 0)
    memory = parameters * number_bytes(request.dtype) + 4 * held * units.count
    return Estimate(seconds, disk, memory, missing, len(sentences), speed is not None, how)


def _expertise_bytes(units: Units, positives: int, negatives: int) -> int:
    """Bytes of one concept's expertise file: its arrays, and the header with the table of units."""
    per_unit = sum(8 if name in ("ap", "auroc") else 4 for name in STATISTICS)
    per_unit += 8 * (positive_weight(positives, negatives) != 1.0)
    table = json.dumps(json.dumps(asdict(units)))  # JSON inside JSON, as the header holds it
    return per_unit * units.count + 8 * len(units.modules) + len(table) + HEADER_BYTES


def _size(plan: Plan, model: LanguageModel | None) -> tuple[Units, int]:
    """Units, and numbers in the weights: of the model, else as the catalogue or the configuration has it."""
    if model is not None:
        return model.units, sum(parameter.numel() for parameter in model.model.parameters())
    request, known = plan.request, known_model(plan.request.model)
    which: dict[str, Any] = {"modules": request.modules, "include_norms": request.include_norms}
    if plan.record is not None:
        units = plan.record.units
    elif known is not None:
        from ...models.discovery import unit_table_from_config

        units = unit_table_from_config(config_of(known), **which)
    else:
        from ...models.loading import unit_table

        units = unit_table(request.model, request.revision, **which)
    if known is not None:
        return units, known.parameters
    return units, estimate_memory(find_source(request.model, request.revision).config) // 4


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
    plan.negatives(drawing[0])
    started = time.perf_counter()
    plan.negatives(drawing[-1])
    return time.perf_counter() - started

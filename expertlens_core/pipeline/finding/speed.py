"""Speed: how fast this computer reads sentences with a model and scores its units, from a short measurement."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ...artefacts import digest_of
from ...experts.chance import positive_weight
from ...run import Run
from .concept_expertise import run_model
from .model_record import ModelRecord, recipe_fields
from .request import FindRequest

if TYPE_CHECKING:
    from ...models.language_model import LanguageModel

SAMPLE = 400
"""Sentences whose lengths decide on the batches, as many as a concept has."""
READING, SCORING = 0.5, 0.2
"""Seconds after which no further batch, and no further units, are measured."""
UNITS_AT_ONCE = 4096


@dataclass(frozen=True)
class Speed:
    """What the parts of a find cost on this computer."""

    sentence: float
    """Seconds per sentence of `characters` length."""
    characters: float
    """Mean length of the sentences that were measured."""
    unit: float
    """Seconds to score one unit for one concept of `scored` sentences."""
    scored: int
    """Positives and negatives of the concept that was scored."""
    drawing: float = 0.0
    """Seconds to draw the negatives of one concept."""


def speed_name(request: FindRequest, record: ModelRecord) -> str:
    """Name of the document that keeps the speed of a model, recipe and device."""
    return f"speed/{digest_of(recipe_fields(request, record))}"


def known_speed(request: FindRequest, record: ModelRecord, run: Run) -> Speed | None:
    """The speed as it was last measured, or None."""
    kept = run.artefacts.documents.get(speed_name(request, record))
    try:
        return Speed(**kept) if kept else None
    except TypeError:
        return None  # by an earlier version


def measure_speed(
    request: FindRequest,
    model: LanguageModel,
    sentences: Sequence[str],
    positives: int,
    negatives: int,
    drawing: float = 0.0,
) -> Speed:
    """Measure for about a second how fast the model reads and its units are scored.

    Of the sentences that will be read (at least one) up to `SAMPLE`, evenly spread, are looked at; `positives` and
    `negatives` are the sizes of the sets that will be scored.
    """
    sample = tuple(sentences[:: max(1, len(sentences) // SAMPLE)][:SAMPLE])
    characters = sum(map(len, sample)) / len(sample)
    sentence = _reading(request, model, sample)
    unit = _scoring(model, positives, negatives)
    return Speed(sentence, characters, unit, positives + negatives, drawing)


def _reading(request: FindRequest, model: LanguageModel, sample: tuple[str, ...]) -> float:
    """Seconds per sentence: a few batches of the real plan, scaled by the tokens of all of them.

    The cost of a batch is its tokens, padding included, as the plan of the batches reckons it.
    """
    from ...models.extraction import default_batches
    from ...models.tokens import tokenize

    limit = min(request.max_tokens, model.max_tokens)
    vocabulary = model.model.get_input_embeddings().num_embeddings
    lengths = tokenize(model.tokenizer, sample, limit, vocabulary).lengths
    if request.pooling == "selfcond-2022":
        lengths = np.full(len(sample), limit)
    batches = default_batches(model, lengths)
    costs = [len(rows) * int(lengths[rows].max()) for rows in batches]
    spent, rates = 0.0, []
    for number, place in enumerate(spread_order(max(3, len(batches)))):
        batch = place % len(batches)
        started = time.perf_counter()
        run_model(request, model, tuple(sample[row] for row in batches[batch]))
        _wait(model)
        took = time.perf_counter() - started
        if number == 0 and took <= READING:
            continue  # the first batch also warms the machine up
        spent += took
        rates.append(took / costs[batch])
        if spent > READING and (len(rates) > 2 or took > READING):
            break
    # The median: one batch that had to wait for other work must not decide.
    return float(np.median(rates)) * sum(costs) / len(sample)


def _scoring(model: LanguageModel, positives: int, negatives: int) -> float:
    """Seconds per unit, on random responses."""
    import torch

    from ...experts.score import response_statistics

    width = min(UNITS_AT_ONCE, model.units.count)

    def responses(rows: int) -> Any:
        values = np.random.default_rng(rows).standard_normal((rows, width), dtype=np.float32)
        return values if model.device.type == "cpu" else torch.from_numpy(values).to(model.device)

    weight = positive_weight(positives, negatives)
    on, off = responses(positives), responses(negatives)
    response_statistics([on[:, :16]], [off[:, :16]], names=["warm-up"], weight=weight)
    _wait(model)
    spent, rounds = 0.0, 0
    while spent < SCORING and rounds < 3:
        started = time.perf_counter()
        response_statistics([on], [off], names=["measured"], weight=weight)
        _wait(model)
        spent, rounds = spent + time.perf_counter() - started, rounds + 1
    return spent / rounds / width


def _wait(model: LanguageModel) -> None:
    """A GPU works on after the call has returned."""
    import torch

    if model.device.type == "cuda":
        torch.cuda.synchronize(model.device)
    elif model.device.type == "mps":
        torch.mps.synchronize()


def spread_order(count: int) -> list[int]:
    """0 ... count - 1 in an order whose every beginning is spread over the whole range: by reversed bits."""
    return sorted(range(count), key=lambda i: f"{i:0{count.bit_length()}b}"[::-1])

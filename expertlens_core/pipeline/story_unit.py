"""The unit of a story: a concept's best one, with the sentences that move it most."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ..artefacts import Artefacts
from ..concepts import Library, draw_negatives
from ..experts import top_experts
from ..experts.expertise import Expertise
from .model_record import ModelRecord
from .plan import plan_find
from .pool_responses import run_model
from .positives import choose_positives
from .steered import SteerRequest
from .story import StorySentence, StoryUnit

if TYPE_CHECKING:
    from ..models.language_model import LanguageModel

LOOKED_AT = 200
"""Sentences of each set among which the examples are found."""
POSITIVES, NEGATIVES = 4, 2
"""Examples shown of each set."""
CHUNK = 32
"""Sentences whose responses are held at once."""


def best_unit(
    request: SteerRequest, library: Library, model: LanguageModel, artefacts: Artefacts, expertise: Expertise
) -> StoryUnit:
    """The unit of highest AP that sees more than the current token, and the sentences that move it most."""
    plan = plan_find(
        replace(request.find, names=(request.concept,)),
        library=library, record=ModelRecord.of(model), artefacts=artefacts,
    )  # fmt: skip
    (concept,) = plan.concepts
    anywhere = bool(expertise.units.token_only.all())
    unit = int(top_experts(expertise, 1, without_token_only=not anywhere)[0])
    positives = _spread(choose_positives(concept, request.find.positives))
    negatives = concept.negatives or ()
    if not negatives and plan.pool is not None:
        find_ = request.find
        drawn = draw_negatives(plan.pool, concept, find_.drawn(concept), find_.seed, match=find_.match)
        negatives = tuple(plan.pool.sentences[row] for row in drawn)
    sentences = [
        StorySentence(text, positive, float(response))
        for positive, texts, count in ((True, positives, POSITIVES), (False, _spread(negatives), NEGATIVES))
        for text, response in _highest(request, model, unit, texts, count)
    ]
    module, _ = expertise.units.locate(unit)
    return StoryUnit(
        label=expertise.units.label(unit),
        layer=module.layer,
        kind=module.kind,
        ap=float(expertise.ap[unit]),
        sentences=tuple(sorted(sentences, key=lambda sentence: -sentence.response)),
    )


def _highest(
    request: SteerRequest, model: LanguageModel, unit: int, sentences: tuple[str, ...], count: int
) -> list[tuple[str, float]]:
    """The sentences with the unit's highest responses; some sentences at a time, to hold few responses."""
    position = int(model.units.module_of[unit])
    index = int(unit - model.units.offsets[position])
    found: list[tuple[str, float]] = []
    for first in range(0, len(sentences), CHUNK):
        chunk = sentences[first : first + CHUNK]
        responses = run_model(request.find, model, chunk, None, None)
        kept = range(len(chunk)) if responses.kept is None else responses.kept
        column = responses.values[position][:, index]
        values = np.asarray(column if isinstance(column, np.ndarray) else column.cpu())
        found += [(chunk[row], float(value)) for row, value in zip(kept, values)]
    return sorted(found, key=lambda pair: -pair[1])[:count]


def _spread(sentences: tuple[str, ...]) -> tuple[str, ...]:
    return sentences[:: max(1, len(sentences) // LOOKED_AT)][:LOOKED_AT]

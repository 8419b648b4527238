"""A chapter's numbers: a concept's experts against luck, and its best unit with the sentences that move it most."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ...concepts import Concept
from ...experts import distribution, expert_set, simulate_null, top_experts
from ...experts.expert_set import DEFAULT_TAU
from ...experts.expertise import Expertise
from ...run import Run
from ..finding.concept_expertise import run_model
from ..finding.model_record import load_for
from ..finding.plan import Plan
from ..writing.steer import SteerRequest
from .recorded import StoryConcept, StoryPlace, StorySentence, StoryText, StoryUnit

if TYPE_CHECKING:
    from ...models.language_model import LanguageModel

LOOKED_AT = 200
"""Sentences of each set among which the examples are found."""
POSITIVES, NEGATIVES = 4, 2
"""Examples shown of each set."""
CHUNK = 32
"""Sentences whose responses are held at once."""


def chapter_of(
    concept: Concept,
    expertise: Expertise,
    request: SteerRequest,
    best: StoryUnit,
    texts: tuple[StoryText, ...] = (),
    tried: int = 1,
) -> StoryConcept:
    """The chapter of a concept that was found; without texts it is one that has not been recorded."""
    members = expert_set(expertise, DEFAULT_TAU).unit_ids
    places = distribution(expertise.units, members)
    null = simulate_null(expertise.positives, expertise.negatives)
    luck = null.expected_units(DEFAULT_TAU, expertise.units.count)
    return StoryConcept(
        concept=concept.key,
        domain=concept.domain,
        positives=expertise.positives,
        negatives=expertise.negatives,
        tau=DEFAULT_TAU,
        experts=len(members),
        by_luck=luck.count,
        luck_is_bound=luck.is_bound,
        units=expertise.units.count,
        ap_max=float(expertise.ap.max()),
        layers=tuple(StoryPlace(p.layer, p.kind, p.experts, p.units) for p in places),
        best=best,
        request=request,
        texts=texts,
        related=(),
        tried=tried,
        first_token=0.0,
    )


def unit_of(expertise: Expertise, unit: int, sentences: tuple[StorySentence, ...]) -> StoryUnit:
    """A unit of the flat axis with its place, its AP and its sentences."""
    module, _ = expertise.units.locate(unit)
    return StoryUnit(
        expertise.units.label(unit), module.layer, module.kind, float(expertise.ap[unit]), sentences
    )


def best_unit(plan: Plan, expertise: Expertise, run: Run) -> StoryUnit:
    """The unit of highest AP that sees more than the current token, and the sentences that move it most."""
    (concept, *_) = plan.concepts
    anywhere = bool(expertise.units.token_only.all())
    unit = int(top_experts(expertise, 1, without_token_only=not anywhere)[0])
    sentences = [
        StorySentence(text, positive, response)
        for positive, texts, count in (
            (True, plan.positives(concept), POSITIVES),
            (False, plan.negatives(concept)[0], NEGATIVES),
        )
        for text, response in _highest(plan, load_for(plan.request, run), unit, texts, count)
    ]
    return unit_of(expertise, unit, tuple(sorted(sentences, key=lambda sentence: -sentence.response)))


def _highest(
    plan: Plan, model: LanguageModel, unit: int, sentences: tuple[str, ...], count: int
) -> list[tuple[str, float]]:
    """The sentences with the unit's highest responses; some sentences at a time, to hold few responses."""
    sentences = sentences[:: max(1, len(sentences) // LOOKED_AT)][:LOOKED_AT]
    position = int(model.units.module_of[unit])
    index = int(unit - model.units.offsets[position])
    found: list[tuple[str, float]] = []
    for first in range(0, len(sentences), CHUNK):
        chunk = sentences[first : first + CHUNK]
        responses = run_model(plan.request, model, chunk)
        kept = range(len(chunk)) if responses.kept is None else responses.kept
        column = responses.values[position][:, index]
        values = np.asarray(column if isinstance(column, np.ndarray) else column.cpu())
        found += [(chunk[row], float(value)) for row, value in zip(kept, values)]
    return sorted(found, key=lambda pair: -pair[1])[:count]

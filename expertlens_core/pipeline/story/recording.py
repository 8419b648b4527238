"""Recording a story: what an audience will see, computed once and written down."""

from __future__ import annotations

import datetime
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ...concepts import Concept, related_forms
from ...errors import Cancelled, InputError
from ...experts import distribution, expert_set, simulate_null, top_experts
from ...experts.expert_set import DEFAULT_TAU
from ...experts.expertise import Expertise
from ...run import Run
from ..cards.text import RecordedText
from ..finding.concept_expertise import run_model
from ..finding.expertise_file import library_versions
from ..finding.find import find
from ..finding.model_record import ModelRecord, keep_record, load_for
from ..finding.plan import Plan, choose_concepts, plan_find
from ..writing.calibrate import dose_of
from ..writing.intervening import asked_dose
from ..writing.request import SteerRequest
from ..writing.steer import SteeredText, steer
from .recorded import Story, StoryConcept, StoryPlace, StorySentence, StoryUnit

if TYPE_CHECKING:
    from ...models.language_model import LanguageModel

LOOKED_AT = 200
"""Sentences of each set among which the examples are found."""
POSITIVES, NEGATIVES = 4, 2
"""Examples shown of each set."""
CHUNK = 32
"""Sentences whose responses are held at once."""


def record_story(requests: Sequence[SteerRequest], run: Run, *, tried: int = 1, note: str = "") -> Story:
    """Find, steer and write down one chapter per request, in their order.

    Every request is made explicit first (number of experts, strength, a control of random units), so that steering
    with it later writes the recorded texts again. All of them are about one model and library; `tried` says from how
    many prompts and seeds each was chosen, `note` how. The progress counts chapters.

    Raises InputError for no request, several models, an unknown concept, or a model that cannot generate.
    """
    if not requests:
        raise InputError("there is no concept to record: name at least one")
    if len({(r.find.model, r.find.revision, r.find.library) for r in requests}) > 1:
        raise InputError("a story tells of one model and one library, but the requests name several")
    asked, count = requests[0].find, len(requests)
    library = run.library_named(asked.library)
    for request in requests:
        choose_concepts(library, (request.concept,))
    model = load_for(asked, run)
    quiet = run.at_hand(progress=lambda *_: None, library=library, model=model)
    chapters = []
    for number, request in enumerate(requests):
        run.progress(number, count, request.concept)
        chapters.append(_chapter(request, quiet, tried))
    run.progress(count, count, "recorded")
    record = ModelRecord.of(model)
    keep_record(asked, record, run.artefacts, model.state)  # so that the results are found without the model
    return Story(
        model=asked.model,
        revision=record.revision,
        digest=record.digest,
        library=library.name,
        created=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        device=str(model.device),
        versions=dict(sorted(library_versions().items())),
        note=note,
        concepts=tuple(chapters),
    )


def _chapter(request: SteerRequest, run: Run, tried: int) -> StoryConcept:
    wanted = replace(request.find, names=(request.concept,))
    (found, *_) = find(wanted, run)
    concept, expertise, plan = found.concept, found.expertise, plan_find(wanted, run)
    dose = asked_dose(request, dose_of(plan, concept.key, expertise.units, run)[0])
    request = replace(
        request,
        concept=concept.key,
        experts=dose.experts,
        strengths=(dose.strength,),
        first_layer=dose.first_layer,
        queries_keys=dose.queries_keys,
        control=request.control or "random",
        samples=1,
    )
    texts, first_token = _texts(request, run)
    chapter = chapter_of(concept, expertise, request, best_unit(plan, expertise, run), texts, tried)
    return replace(chapter, related=tuple(sorted(related_forms(concept))), first_token=round(first_token, 4))


def _texts(request: SteerRequest, run: Run) -> tuple[tuple[RecordedText, ...], float]:
    """The three texts token by token, and the seconds until the first token was there."""
    for _ in steer(replace(request, tokens=1), run):
        pass  # the first pass through a model is slower than all later ones
    last: tuple[SteeredText, ...] = ()
    started, first_token = time.perf_counter(), 0.0
    pieces: list[list[str]] = []
    for texts in steer(request, run):
        first_token = first_token or time.perf_counter() - started
        pieces = pieces or [[] for _ in texts]
        for number, text in enumerate(texts):
            if not last or not last[number].finished:
                before = len(last[number].text) if last else 0
                pieces[number].append(text.text[before:].replace("\0", "\ufffd"))
        last = texts
    if not last:
        raise Cancelled("stopped while the texts were written")
    told = tuple(
        RecordedText(t.kind, t.strength, t.experts, tuple(p), t.tokens, t.stop) for t, p in zip(last, pieces)
    )
    return told, first_token


def chapter_of(
    concept: Concept,
    expertise: Expertise,
    request: SteerRequest,
    best: StoryUnit,
    texts: tuple[RecordedText, ...] = (),
    tried: int = 1,
) -> StoryConcept:
    """The chapter of a concept that was found, its experts held against luck; without texts it is not recorded."""
    members = expert_set(expertise, DEFAULT_TAU).unit_ids
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
        layers=tuple(
            StoryPlace(place.layer, place.kind, place.experts, place.units)
            for place in distribution(expertise.units, members)
        ),
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
    label = expertise.units.label(unit)
    return StoryUnit(label, module.layer, module.kind, float(expertise.ap[unit]), sentences)


def best_unit(plan: Plan, expertise: Expertise, run: Run) -> StoryUnit:
    """The unit of highest AP that sees more than the current token, and the sentences that move it most."""
    (concept, *_) = plan.concepts
    anywhere = bool(expertise.units.token_only.all())
    unit = int(top_experts(expertise, 1, without_token_only=not anywhere)[0])
    model = load_for(plan.request, run)
    sentences = [
        StorySentence(text, positive, response)
        for positive, texts, count in (
            (True, plan.positives(concept), POSITIVES),
            (False, plan.negatives(concept)[0], NEGATIVES),
        )
        for text, response in _highest(plan, model, unit, texts, count)
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

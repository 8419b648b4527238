"""Recording a story: what an audience will see, computed once and written down."""

from __future__ import annotations

import datetime
import time
from collections.abc import Sequence
from dataclasses import replace

from ...concepts import related_forms
from ...errors import Cancelled, InputError
from ...run import Run
from ..finding.expertise_file import library_versions
from ..finding.find import find
from ..finding.model_record import ModelRecord, keep_record, load_for
from ..finding.plan import choose_concepts, plan_find
from ..writing.calibrate import dose_of
from ..writing.steer import SteeredText, SteerRequest, asked_dose, steer
from .chapter import best_unit, chapter_of
from .recorded import Story, StoryConcept, StoryText


def record_story(requests: Sequence[SteerRequest], run: Run, *, tried: int = 1, note: str = "") -> Story:
    """Find, steer and write down one chapter per request, in their order.

    Every request is made explicit first (number of experts, strength, a control of random units), so that steering
    with it later writes the recorded texts again.

    Args:
        requests: at least one, all about one model and library.
        run: what is at hand; its progress counts chapters.
        tried: from how many prompts and seeds each was chosen.
        note: how concepts and texts were chosen.

    Raises:
        InputError: no request, several models, an unknown concept, or a model that cannot generate.
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
    plan = plan_find(wanted, run)
    (concept, *_) = plan.concepts
    (found, *_) = find(wanted, run)
    expertise = found.expertise
    dose = asked_dose(request, dose_of(plan_find(wanted, run), concept.key, expertise.units, run)[0])
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


def _texts(request: SteerRequest, run: Run) -> tuple[tuple[StoryText, ...], float]:
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
    return tuple(
        StoryText(t.kind, t.strength, t.experts, tuple(p)) for t, p in zip(last, pieces)
    ), first_token

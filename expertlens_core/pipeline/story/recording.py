"""Recording a story: what an audience will see, computed once and written down."""

from __future__ import annotations

import datetime
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ...artefacts import Artefacts, open_artefacts
from ...concepts import Library, load_library, related_forms
from ...errors import Cancelled, InputError
from ...models.label import model_label
from ..calibration_stage import dose_of
from ..expertise_file import library_versions
from ..finding import find
from ..model_record import ModelRecord, keep_record
from ..plan import choose_concepts, plan_find
from ..request import Progress
from ..session import load_for
from ..steered import SteeredText, SteerRequest, asked_dose, steer
from .chapter import best_unit, chapter_of
from .recorded import Story, StoryConcept, StoryText

if TYPE_CHECKING:
    from ...models.language_model import LanguageModel


def record_story(
    requests: Sequence[SteerRequest],
    *,
    library: Library | None = None,
    model: LanguageModel | None = None,
    artefacts: Artefacts | None = None,
    progress: Progress | None = None,
    tried: int = 1,
    note: str = "",
) -> Story:
    """Find, steer and write down one chapter per request, in their order.

    Every request is made explicit first (number of experts, strength, a control of random units), so that
    steering with it later writes the recorded texts again.

    Args:
        requests: at least one, all about one model and library.
        library, model, artefacts: as for `find`.
        progress: called with chapters done and in all, and what is going on.
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
    progress = progress or (lambda *_: None)
    artefacts = artefacts or open_artefacts()
    library = library or load_library(asked.library)
    for request in requests:
        choose_concepts(library, (request.concept,))
    progress(0, count, f"loading {model_label(asked.model)}")
    model = model or load_for(asked, artefacts)
    given = {"library": library, "model": model, "artefacts": artefacts}
    chapters = []
    for number, request in enumerate(requests):
        progress(number, count, request.concept)
        chapters.append(_chapter(request, tried, given))
    progress(count, count, "recorded")
    record = ModelRecord.of(model)
    keep_record(asked, record, artefacts, model.state)  # so that the results are found without the model
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


def _chapter(request: SteerRequest, tried: int, given: dict[str, Any]) -> StoryConcept:
    (concept, *_) = choose_concepts(given["library"], (request.concept,))
    wanted = replace(request.find, names=(concept.key,))
    (found,) = find(wanted, **given)
    expertise, artefacts = found.expertise, given["artefacts"]
    record = ModelRecord.of(given["model"])
    plan = plan_find(wanted, library=given["library"], record=record, artefacts=artefacts)
    dose = asked_dose(request, dose_of(plan, concept.key, expertise.units, artefacts)[0])
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
    texts, first_token = _texts(request, given)
    best = best_unit(request, expertise=expertise, **given)
    chapter = chapter_of(concept, expertise, request, best, texts=texts, tried=tried)
    related = tuple(sorted(related_forms(concept)))
    return replace(chapter, related=related, first_token=round(first_token, 4))


def _texts(request: SteerRequest, given: dict[str, Any]) -> tuple[tuple[StoryText, ...], float]:
    """The three texts token by token, and the seconds until the first token was there."""
    for _ in steer(replace(request, tokens=1), **given):
        pass  # the first pass through a model is slower than all later ones
    last: tuple[SteeredText, ...] = ()
    started, first_token = time.perf_counter(), 0.0
    pieces: list[list[str]] = []
    for texts in steer(request, **given):
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

"""Recording a story: what an audience will see, computed once and written down."""

from __future__ import annotations

import datetime
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ..artefacts import Artefacts, open_artefacts
from ..concepts import Library, load_library, related_forms
from ..errors import Cancelled, InputError
from ..experts import distribution, expert_set, simulate_null
from ..experts.expert_set import DEFAULT_TAU
from ..models.label import model_label
from .calibration_stage import dose_of
from .expertise_file import library_versions
from .find import find
from .model_record import ModelRecord, keep_record
from .plan import choose_concepts, plan_find
from .request import Cancelled as CancelledCheck
from .request import Progress
from .session import Load, load_for
from .steered import SteeredText, SteerRequest, asked_dose, steer
from .story import Story, StoryConcept, StoryText
from .story_unit import best_unit

if TYPE_CHECKING:
    from ..models.language_model import LanguageModel


def record_story(
    requests: Sequence[SteerRequest],
    *,
    library: Library | None = None,
    model: LanguageModel | None = None,
    artefacts: Artefacts | None = None,
    progress: Progress | None = None,
    cancelled: CancelledCheck | None = None,
    load: Load | None = None,
    tried: int = 1,
    note: str = "",
) -> Story:
    """Find, steer and write down one chapter per request, in their order.

    Every request is made explicit first (number of experts, strength, a control of random units), so that
    steering with it later writes the recorded texts again.

    Args:
        requests: at least one, all about one model and library.
        library, model, artefacts, load: as for `find`.
        progress: called with chapters done and in all, and what is going on.
        cancelled: asked now and then.
        tried: from how many prompts and seeds each was chosen.
        note: how concepts and texts were chosen.

    Raises:
        InputError: no request, several models, an unknown concept, or a model that cannot generate.
        Cancelled: when `cancelled` said so.
    """
    if not requests:
        raise InputError("there is no concept to record: name at least one")
    if len({(r.find.model, r.find.revision, r.find.library) for r in requests}) > 1:
        raise InputError("a story tells of one model and one library, but the requests name several")
    store = artefacts or open_artefacts()
    library = library or load_library(requests[0].find.library)
    for request in requests:
        choose_concepts(library, (request.concept,))
    if progress:
        progress(0, len(requests), f"loading {model_label(requests[0].find.model)}")
    model = model or load_for(requests[0].find, store, load)
    chapters = []
    for number, request in enumerate(requests):
        if cancelled and cancelled():
            raise Cancelled(f"stopped after {number} of {len(requests)} chapters")
        if progress:
            progress(number, len(requests), request.concept)
        chapters.append(_chapter(request, library, model, store, cancelled, tried))
    if progress:
        progress(len(requests), len(requests), "recorded")
    record = ModelRecord.of(model)
    keep_record(
        requests[0].find, record, store, model.state
    )  # so that the results are found without the model
    return Story(
        model=requests[0].find.model,
        revision=record.revision,
        digest=record.digest,
        library=library.name,
        created=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        device=str(model.device),
        versions=tuple(sorted(library_versions().items())),
        concepts=tuple(chapters),
        note=note,
    )


def _chapter(
    request: SteerRequest,
    library: Library,
    model: LanguageModel,
    artefacts: Artefacts,
    cancelled: CancelledCheck | None,
    tried: int,
) -> StoryConcept:
    (concept, *_) = choose_concepts(library, (request.concept,))
    wanted = replace(request.find, names=(concept.key,))
    (found,) = find(wanted, library=library, model=model, artefacts=artefacts, cancelled=cancelled)
    expertise = found.expertise
    plan = plan_find(wanted, library=library, record=ModelRecord.of(model), artefacts=artefacts)
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
    texts, first_token = _texts(request, library, model, artefacts, cancelled)
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
        layers=distribution(expertise.units, members),
        best=best_unit(request, library, model, artefacts, expertise),
        request=request,
        texts=texts,
        related=tuple(sorted(related_forms(concept))),
        tried=tried,
        first_token=round(first_token, 4),
    )


def _texts(
    request: SteerRequest,
    library: Library,
    model: LanguageModel,
    artefacts: Artefacts,
    cancelled: CancelledCheck | None,
) -> tuple[tuple[StoryText, ...], float]:
    """The three texts token by token, and the seconds until the first token stood there."""
    options = {"library": library, "model": model, "artefacts": artefacts, "cancelled": cancelled}
    for _ in steer(replace(request, tokens=1), **options):  # type: ignore[arg-type]
        pass  # the first pass through a model is slower than all later ones
    last: tuple[SteeredText, ...] = ()
    started, first_token = time.perf_counter(), 0.0
    pieces: list[list[str]] = []
    for texts in steer(request, **options):  # type: ignore[arg-type]
        first_token = first_token or time.perf_counter() - started
        for number, text in enumerate(texts):
            before = last[number] if last else None
            if before is None:
                pieces.append([])
            if before is None or not before.finished:
                added = text.text[len(before.text) :] if before else text.text
                pieces[number].append(added.replace("\0", "\ufffd"))
        last = texts
    if not last or (cancelled and cancelled()):
        raise Cancelled("stopped while the texts were written")
    written = tuple(StoryText(t.kind, t.strength, t.experts, tuple(p)) for t, p in zip(last, pieces))
    return written, first_token

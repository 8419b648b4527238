"""Find: from a request to the expertise of each concept, the cache first."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..artefacts import ArrayFile, Artefacts, open_artefacts
from ..artefacts.store import Computed
from ..concepts import Concept, Library
from ..errors import Cancelled, InputError
from ..experts.expertise import Expertise
from .concept_stage import concept_expertise
from .expertise_file import expertise_from_file
from .model_record import ModelRecord
from .plan import Plan, choose_concepts, plan_find
from .request import Cancelled as CancelledCheck
from .request import FindRequest, Progress
from .session import Load, Session

if TYPE_CHECKING:
    from ..models.language_model import LanguageModel


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
    """How it came about: model, revision, library, pool, request, versions of the libraries; ``shipped``, the day
    of its computing, where it came with the installation."""


def find(
    request: FindRequest,
    *,
    library: Library | None = None,
    model: LanguageModel | None = None,
    artefacts: Artefacts | None = None,
    progress: Progress | None = None,
    cancelled: CancelledCheck | None = None,
    load: Load | None = None,
) -> Iterator[Found]:
    """The expertise of each concept of a request, in library order, each kept as soon as it is there.

    What is cached is read without loading the model. Otherwise the responses to the negative pool are
    computed once, then each concept costs its own sentences. A run that is stopped or killed goes on where
    it was: finished concepts and finished chunks of the pool are on the disk.

    Args:
        request: what to find.
        library: the library, when it is at hand; default ``request.library``.
        model: the model, when it is loaded; default ``request.model``, loaded when needed.
        artefacts: the cache; default the one of this computer.
        progress: called with sentences run, sentences in all, and what is going on.
        cancelled: asked before each batch.
        load: how a model is loaded when one is needed; default `load_model`.

    Returns:
        An iterator.

    Raises:
        InputError: at once for an unknown library, concept or value; on the way for an unusable model.
        Cancelled: on the way, when `cancelled` said so.
    """
    store = artefacts or open_artefacts()
    record = None if model is None else ModelRecord.of(model)
    plan = plan_find(request, library=library, record=record, artefacts=store)
    return _results(plan, Session(request, model, store, progress, cancelled, load))


def find_expertise(
    model: LanguageModel, library: Library, *names: str, artefacts: Artefacts | None = None, **options: Any
) -> list[Expertise]:
    """Expertise of some concepts of a library in a loaded model: `find` for a notebook.

    Args:
        model, library: both at hand.
        names: keys or names of concepts; none takes all.
        artefacts: the cache; default the one of this computer.
        options: further fields of `FindRequest`, such as ``positives=100``.

    Returns:
        One per concept, in the order of `names`, else of the library.

    Raises:
        InputError: as `find`.
    """
    request = FindRequest(model=model.name, library=library.name, names=names, **options)
    found = {
        result.concept.key: result.expertise
        for result in find(request, library=library, model=model, artefacts=artefacts)
    }
    if not names:
        return list(found.values())
    keys = [concept.key for name in names for concept in choose_concepts(library, (name,))]
    return [found[key] for key in dict.fromkeys(keys)]


def _results(plan: Plan, session: Session) -> Iterator[Found]:
    if plan.missing:
        record = ModelRecord.of(session.model())
        plan = plan_find(plan.request, library=plan.library, record=record, artefacts=session.artefacts)
    session.expect(plan)
    for number, concept in enumerate(plan.concepts, 1):
        if session.cancelled and session.cancelled():
            raise Cancelled(f"stopped after {number - 1} of {len(plan.concepts)} concepts")
        key = plan.keys[concept.key]
        computed: list[bool] = []

        def compute(concept: Concept = concept, done: list[bool] = computed) -> Computed:
            done.append(True)
            _check_model(plan, session)
            return concept_expertise(plan, concept, session)

        file = session.artefacts.computed(key, compute, mapped=False, cancelled=session.cancelled)
        session.report(f"{concept.key} ({number} of {len(plan.concepts)})")
        yield _found(concept, file, key.digest, not computed)


def _check_model(plan: Plan, session: Session) -> None:
    """The keys were made from a record; the model that is loaded now must be that one."""
    if plan.record is None or ModelRecord.of(session.model()).to_json() != plan.record.to_json():
        raise InputError(
            f"model {plan.request.model!r} is not the one that its cached results came from: it has changed "
            "since, so start again"
        )


def _found(concept: Concept, file: ArrayFile, digest: str, cached: bool) -> Found:
    about = json.loads(file.metadata["info"])
    about.pop("units", None)
    if "shipped" in file.metadata:
        about["shipped"] = file.metadata["shipped"]
    return Found(concept, expertise_from_file(file), digest, file.checksum, cached, about)

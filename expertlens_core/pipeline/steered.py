"""Steer: a concept's experts switched on, beside the original and a control, in one batch."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..artefacts import Artefacts, open_artefacts
from ..concepts import Concept, Library, load_library
from ..errors import InputError
from ..experts.expertise import Expertise
from ..models.label import model_label
from ..steering.dose import Dose, set_to_dose
from .calibration_stage import dose_of
from .finding import find
from .model_record import ModelRecord
from .plan import choose_concepts, plan_find
from .request import Cancelled as CancelledCheck
from .request import Progress
from .session import Load, load_for
from .steer_request import SteerRequest

if TYPE_CHECKING:
    from ..models.language_model import LanguageModel
    from ..steering.generation import Step
    from ..steering.request import Row

ROWS = 64
"""Texts generated side by side."""


@dataclass(frozen=True)
class SteeredText:
    """One text as far as it has come."""

    kind: str
    """``"original"``, ``"steered"`` or ``"control"``."""
    strength: float
    """0 for the original."""
    sample: int
    text: str
    """What the model wrote after the prompt."""
    finished: bool
    experts: int = 0
    """How many units are set; 0 for the original."""
    modules: int = 0
    """In how many modules they sit."""
    units: str = ""
    """What they are, e.g. ``"cat, 200 experts"``; empty for the original."""
    steered: bool = False
    """True once the units were set in a pass in which every hooked module was seen to fire. (A prompt of
    nothing but BOS is never steered: a text of that one pass is not.)"""
    stop: str = ""
    """Why it ended: ``"end"`` (of its own), ``"length"``, ``"context"`` (the model takes no more); empty before."""
    first_layer: int = 0
    """The first layer among whose units they were chosen."""
    queries_keys: bool = True
    """Whether outputs of query and key projections could be chosen."""


def control_concept(request: SteerRequest, library: Library) -> Concept | None:
    """The other concept of a control of that kind: the one asked for, else one of another domain.

    Raises:
        InputError: for an unknown concept, or a library without a second one.
    """
    return _other(request, library, _concept(request, library))


def steer(
    request: SteerRequest,
    *,
    library: Library | None = None,
    model: LanguageModel | None = None,
    artefacts: Artefacts | None = None,
    progress: Progress | None = None,
    cancelled: CancelledCheck | None = None,
    load: Load | None = None,
) -> Iterator[tuple[SteeredText, ...]]:
    """Texts of the original, steered and control rows, all of them after every step.

    The experts come from the cache, or are found first. Rows of one sample number share their random numbers,
    so that they differ by the intervention only.

    Args:
        request: what to do.
        library, model, artefacts, load: as for `find`.
        progress: called with tokens written, tokens at most, and what is going on.
        cancelled: asked before each step; the iterator then ends with what there is.

    Returns:
        An iterator; its last item holds the finished texts, in the order original, then per strength
        steered and control.

    Raises:
        InputError: unknown concept, a model that cannot generate, or a hooked module that never fires.
        Cancelled: when `cancelled` said so while the experts were found.
    """
    store = artefacts or open_artefacts()
    library = library or load_library(request.find.library)
    concept = _concept(request, library)
    other = _other(request, library, concept)
    return _steps(request, library, concept, other, model, store, progress, cancelled, load)


def _concept(request: SteerRequest, library: Library) -> Concept:
    (concept, *others) = choose_concepts(library, (request.concept,))
    if others:
        keys = ", ".join(other.key for other in (concept, *others))
        raise InputError(f"concept {request.concept!r} has several senses: expected one of {keys}")
    return concept


def _steps(
    request: SteerRequest,
    library: Library,
    concept: Concept,
    other: Concept | None,
    model: LanguageModel | None,
    artefacts: Artefacts,
    progress: Progress | None,
    cancelled: CancelledCheck | None,
    load: Load | None,
) -> Iterator[tuple[SteeredText, ...]]:
    from ..steering.generation import generate
    from ..steering.prompt import as_chat

    if progress:
        progress(0, 0, f"loading {model_label(request.find.model)}")
    model = model or load_for(request.find, artefacts, load)
    wanted = (concept.key,) if other is None else (concept.key, other.key)
    found = {
        result.concept.key: result.expertise
        for result in find(
            replace(request.find, names=wanted),
            library=library, model=model, artefacts=artefacts, progress=progress, cancelled=cancelled,
        )
    }  # fmt: skip
    plan = plan_find(
        replace(request.find, names=(concept.key,)),
        library=library, record=ModelRecord.of(model), artefacts=artefacts,
    )  # fmt: skip
    dose = asked_dose(request, dose_of(plan, concept.key, model.units, artefacts)[0])
    rows = _rows(request, dose, found[concept.key], None if other is None else found[other.key])
    prompt = as_chat(model, request.prompt) if request.chat else request.prompt
    texts = [_nothing_yet(row, strength, dose) for row, strength in rows]
    total, done = request.tokens * -(-len(rows) // ROWS), 0
    for first in range(0, len(rows), ROWS):
        batch = [row for row, _ in rows[first : first + ROWS]]
        steps = generate(
            model, prompt, batch,
            max_new_tokens=request.tokens, temperature=request.temperature, top_p=request.top_p,
            seed=request.seed, cancelled=cancelled,
        )  # fmt: skip
        for step in _honest(steps, model.name):
            for number, (more, stop) in enumerate(zip(step.text, step.stops), first):
                texts[number] = replace(
                    texts[number],
                    text=texts[number].text + more,
                    finished=bool(stop),
                    steered=step.steered[number - first],
                    stop=stop,
                )
            done += 1
            if progress:
                progress(done, total, "writing")
            yield tuple(texts)
        if cancelled and cancelled():
            return
        done = request.tokens * (first // ROWS + 1)
    if progress:
        progress(total, total, "written")


def _honest(steps: Iterator[Step], model: str) -> Iterator[Step]:
    """The steps; a hook that does not fire ends them, for what follows would not be steered."""
    from ..models.hooks import SilentModuleError

    try:
        yield from steps
    except SilentModuleError as problem:
        raise InputError(f"{model} was not steered: {problem}") from problem


def asked_dose(request: SteerRequest, usual: Dose) -> Dose:
    """The dose of a request: what it names, and of the usual one the rest. Its strength is the first one."""
    return Dose(
        usual.first_layer if request.first_layer is None else request.first_layer,
        request.experts or usual.experts,
        request.strengths[0] if request.strengths else usual.strength,
        usual.queries_keys if request.queries_keys is None else request.queries_keys,
    )


def _rows(
    request: SteerRequest, dose: Dose, expertise: Expertise, other: Expertise | None
) -> list[tuple[Row, float]]:
    from ..steering.intervention import random_control
    from ..steering.request import Row

    samples = range(request.samples)
    rows = [(Row("original", sample), 0.0) for sample in samples]
    for strength in request.strengths or (dose.strength,):
        each = replace(dose, strength=strength)
        steered = set_to_dose(expertise, each)
        rows += [(Row("steered", sample, steered), strength) for sample in samples]
        if request.control == "random":
            control = random_control(steered, request.seed)
            rows += [(Row("control", sample, control), strength) for sample in samples]
        elif other is not None:
            rows += [(Row("control", sample, set_to_dose(other, each)), strength) for sample in samples]
    return rows


def _nothing_yet(row: Row, strength: float, dose: Dose) -> SteeredText:
    intervention = row.intervention
    if intervention is None:
        return SteeredText(row.kind, strength, row.sample, "", False)
    modules = len(set(intervention.units.module_of[intervention.unit_ids].tolist()))
    count = len(intervention.unit_ids)
    return SteeredText(
        row.kind, strength, row.sample, "", False, count, modules, intervention.label,
        first_layer=dose.first_layer, queries_keys=dose.queries_keys,
    )  # fmt: skip


def _other(request: SteerRequest, library: Library, concept: Concept) -> Concept | None:
    """The control's concept: the one named, or of another domain the one with the lowest hash."""
    if request.control != "other-concept":
        return None
    if request.other:
        return choose_concepts(library, (request.other,))[0]
    others = [c for c in library if c.key != concept.key and c.name != concept.name]
    others = [c for c in others if c.domain != concept.domain] or others
    if not others:
        raise InputError(
            f"library {library.name!r} has no other concept than {concept.key!r}: expected one for the "
            "control; take the control of random units"
        )
    return min(others, key=lambda c: hashlib.sha256(f"{concept.key}\n{c.key}".encode()).hexdigest())

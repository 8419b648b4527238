"""Calibrate: the dose of a concept in a model, found by writing once, then kept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from ..artefacts import ArtefactKey, Artefacts, digest_of, open_artefacts
from ..concepts import Concept, Library, load_library
from ..concepts.related_words import related_forms, shows, telling_words
from ..errors import InputError
from ..models.label import model_label
from ..models.units import Units
from ..steering.dose import Dose, safe_dose
from .finding import find
from .model_record import ModelRecord
from .plan import Plan, plan_find
from .pool_responses import recipe_fields
from .request import Cancelled, FindRequest, Progress
from .session import Load, load_for

if TYPE_CHECKING:
    from ..models.language_model import LanguageModel
    from ..steering.calibration import Calibration, Originals

VERSION = 2
"""Of the calibration: raised when the scan, the prompts or the rule change."""


def calibrate_concept(
    request: FindRequest,
    concept: str,
    *,
    library: Library | None = None,
    model: LanguageModel | None = None,
    artefacts: Artefacts | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
    load: Load | None = None,
) -> Calibration:
    """The calibrated dose of a concept, from the cache or found now; its experts are found first.

    Args:
        request: how experts are found; its names are not looked at.
        concept: key of the concept.
        library, model, artefacts, progress, cancelled, load: as for `find`.

    Raises:
        InputError: as `find`; for a model that cannot write.
        Cancelled: when `cancelled` said so.
    """
    store = artefacts or open_artefacts()
    library = library or load_library(request.library)
    wanted = replace(request, names=(concept,))
    record = None if model is None else ModelRecord.of(model)
    known = known_calibration(
        plan_find(wanted, library=library, record=record, artefacts=store), concept, store
    )
    if known is not None:
        return known
    model = model or load_for(request, store, load)
    named: dict[str, Any] = {"library": library, "model": model, "artefacts": store, "cancelled": cancelled}

    def say(what: str) -> None:
        if progress:  # of no known length: the steps that are counted begin with the doses
            progress(0, 0, what)

    (found,) = find(wanted, progress=lambda _done, _total, what: say(f"finding its experts: {what}"), **named)
    plan = plan_find(wanted, library=library, record=ModelRecord.of(model), artefacts=store)

    def compute() -> tuple[dict[str, Any], dict[str, Any]]:
        from ..steering.calibration import calibrate

        words = _words(plan, found.concept)
        say("writing unsteered texts, once for this model")
        result = calibrate(
            model,
            found.expertise,
            lambda text: shows(found.concept, text, words),
            _originals(request, model, store, cancelled),
            progress=progress,
            cancelled=cancelled,
        )
        return {}, asdict(result)

    file = store.computed(_key(plan, found.concept), compute, cancelled=cancelled)
    return _from_info(json.loads(file.metadata["info"]))


def known_calibration(plan: Plan, concept: str, artefacts: Artefacts) -> Calibration | None:
    """The kept calibration of a concept of a plan; None where there is none. Loads no torch."""
    if plan.record is None or concept not in plan.keys:
        return None
    file = artefacts.get(_key(plan, plan.library[concept]))
    return None if file is None else _from_info(json.loads(file.metadata["info"]))


def dose_of(plan: Plan, concept: str, units: Units, artefacts: Artefacts) -> tuple[Dose, bool]:
    """The dose that a concept is steered with where nothing is asked for, and whether it was calibrated."""
    known = known_calibration(plan, concept, artefacts)
    return (safe_dose(units), False) if known is None else (known.dose, True)


def _key(plan: Plan, concept: Concept) -> ArtefactKey:
    if plan.record is None:
        raise RuntimeError("a plan without a model record has no calibration")
    fields = {
        "expertise": plan.keys[concept.key].digest,
        "name": concept.name,
        "words": digest_of(sorted(concept.related)),
    }
    return ArtefactKey(
        "calibration", VERSION, fields, "result", f"dose of {concept.key} in {model_label(plan.record.name)}"
    )


def _words(plan: Plan, concept: Concept) -> frozenset[str]:
    """What stands for the concept in a text: its related words, else the words that tell its sentences apart."""
    if concept.related:
        return related_forms(concept)
    others = concept.negatives or (plan.pool.sentences if plan.pool is not None else ())
    return telling_words(concept, others)


def _originals(
    request: FindRequest, model: LanguageModel, artefacts: Artefacts, cancelled: Cancelled | None
) -> tuple[Originals, Originals]:
    """The unsteered texts of a model, written once."""
    from ..steering.calibration import Originals, write_originals

    record = ModelRecord.of(model)
    fields = recipe_fields(request, record)
    key = ArtefactKey(
        "original texts",
        VERSION,
        {name: fields[name] for name in ("model", "dtype", "device", "attention")},
        "result",
        f"unsteered texts of {model_label(record.name)}",
    )

    def compute() -> tuple[dict[str, Any], dict[str, Any]]:
        written = write_originals(model, cancelled)
        if any(number != number for each in written for number in each.perplexities):
            written = tuple(  # a text without a token has no perplexity, and JSON no NaN
                replace(each, perplexities=tuple(n for n in each.perplexities if n == n)) for each in written
            )  # type: ignore[assignment]
        return {}, {"rounds": [asdict(each) for each in written]}

    file = artefacts.computed(key, compute, cancelled=cancelled)
    first, second = (
        Originals(tuple(each["texts"]), tuple(each["perplexities"]))
        for each in json.loads(file.metadata["info"])["rounds"]
    )
    if not first.perplexities or not second.perplexities:
        raise InputError(f"{model.name} writes nothing on the calibration's prompts: choose a dose yourself")
    return first, second


def _from_info(value: Mapping[str, Any]) -> Calibration:
    from ..steering.dose import Calibration, DosePoint

    curve = tuple(DosePoint(**{**point, "dose": Dose(**point["dose"])}) for point in value["curve"])
    return Calibration(**{**value, "dose": Dose(**value["dose"]), "curve": curve})

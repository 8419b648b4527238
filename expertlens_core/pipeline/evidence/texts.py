"""The texts of the causal evidence: the original, the steered and the control models, concept by concept."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from ...artefacts import ArtefactKey
from ...concepts import Concept, Library
from ...errors import InputError
from ...models.label import model_label
from ...run import Run, read_result
from ...steering.dose import Dose, set_to_dose
from ...steering.intervention import random_control
from ...steering.row import Row
from ..finding.find import find
from ..finding.model_record import load_for, recipe_fields
from ..finding.plan import Plan, choose_concepts, plan_find
from ..writing.calibrate import dose_of
from .request import CausalityRequest

if TYPE_CHECKING:
    from ...models.language_model import LanguageModel

SHARES = (0.25, 0.5, 0.75)
"""Of a concept's strength: the smaller doses of the dose-response."""
DRAWS = 4
"""Different draws of random units; a prompt's texts are shared among them."""
TOGETHER = 128
"""Texts written side by side."""
VERSION = 1


@dataclass(frozen=True)
class Texts:
    """The texts of one kind on one prompt; those of one place share their random numbers with the other kinds."""

    kind: str
    """``original``, ``steered``, ``random``, ``other``, or the share of the strength, such as ``0.25``."""
    texts: tuple[str, ...]
    perplexities: tuple[float, ...]
    """Under the unsteered model, of the first texts; NaN for a text without a token."""


@dataclass(frozen=True)
class Written:
    """All that was written on one prompt."""

    kinds: tuple[Texts, ...]


def causal_concepts(asked: CausalityRequest, library: Library) -> tuple[Concept, ...]:
    """The concepts of a request: those named, else all that are no concept's broader one.

    Raises InputError for an unknown name, or fewer than two concepts: each is the control of another.
    """
    broader = {concept.broader for concept in library}
    chosen = choose_concepts(library, asked.find.names)
    if not asked.find.names:
        chosen = tuple(concept for concept in chosen if concept.key not in broader)
    if len(chosen) < 2:
        raise InputError(
            "the causal evidence needs at least two concepts, since each is steered to as the control of another: "
            "name more, or none for all"
        )
    return chosen


def other_of(concept: Concept, concepts: Sequence[Concept]) -> Concept:
    """The concept whose experts are a concept's control: of another domain where there is one, with the lowest hash."""
    others = [each for each in concepts if each.key != concept.key and each.name != concept.name]
    others = [each for each in others if each.domain != concept.domain] or others
    if not others:
        raise InputError(f"there is no other concept than {concept.key!r} for its control: name more")
    return min(others, key=lambda each: hashlib.sha256(f"{concept.key}\n{each.key}".encode()).hexdigest())


def original_key(asked: CausalityRequest, plan: Plan, prompt: str) -> ArtefactKey:
    """Key of the originals on a prompt: they are the same for every concept."""
    recipe = recipe_fields(plan.request, plan.known)
    fields = {name: recipe[name] for name in ("model", "dtype", "device", "attention")}
    label = f"original texts of {model_label(plan.known.name)}"
    return ArtefactKey("causal texts", VERSION, fields | _writing(asked, prompt), "result", label)


def text_key(
    asked: CausalityRequest, plan: Plan, concept: Concept, other: Concept, dose: Dose, prompt: str
) -> ArtefactKey:
    """Key of what is written for a concept on a prompt."""
    fields = _writing(asked, prompt) | {
        "expertise": plan.keys[concept.key].digest,
        "other": plan.keys[other.key].digest,
        "dose": dose.fields,
        "shares": list(SHARES),
        "draws": DRAWS,
    }
    label = f"{concept.key} steered for evidence in {model_label(plan.known.name)}"
    return ArtefactKey("causal texts", VERSION, fields, "result", label)


def _writing(asked: CausalityRequest, prompt: str) -> dict[str, Any]:
    return {
        "prompt": prompt,
        "texts": asked.on_each(asked.texts),
        "smaller": asked.on_each(asked.smaller),
        "tokens": asked.tokens,
        "temperature": asked.temperature,
        "top_p": asked.top_p,
        "seed": asked.seed,
    }


def dose_for(asked: CausalityRequest, plan: Plan, concept: Concept, run: Run) -> Dose:
    """The dose that a concept is steered with: its own, but for what the request names."""
    usual, _ = dose_of(plan, concept.key, plan.known.units, run)
    return Dose(
        usual.first_layer if asked.first_layer is None else asked.first_layer,
        asked.experts or usual.experts,
        usual.strength if asked.strength is None else asked.strength,
        usual.queries_keys if asked.queries_keys is None else asked.queries_keys,
    )


def known_texts(key: ArtefactKey, run: Run) -> Written | None:
    """What the cache has of a prompt."""
    file = run.artefacts.get(key, mapped=False)
    return None if file is None else read_result(Written, file)


def write_texts(asked: CausalityRequest, run: Run) -> None:
    """Write and keep all texts of a request; what is kept already is not written again.

    A run that is stopped or killed goes on at the prompt where it was. Progress counts texts.

    Raises InputError as `find`, and for a model that cannot write; Cancelled where the run is asked to stop.
    """
    library = run.library_named(asked.find.library)
    concepts = causal_concepts(asked, library)
    wanted = replace(asked.find, names=tuple(concept.key for concept in concepts))
    model = load_for(asked.find, run)
    run = run.at_hand(model=model, library=library)
    quiet = run.at_hand(progress=lambda _done, _total, what: run.progress(0, 0, f"finding experts: {what}"))
    for _ in find(wanted, quiet):
        pass
    plan = plan_find(wanted, run)
    each = asked.on_each(asked.texts)
    per_prompt = 3 * each + len(SHARES) * asked.on_each(asked.smaller)
    total, done = len(asked.prompts) * (each + len(concepts) * per_prompt), 0
    for prompt in asked.prompts:
        originals = [("original", [Row("original", sample) for sample in range(each)])]
        run.kept(
            Written, original_key(asked, plan, prompt), partial(_write, asked, model, prompt, originals, run)
        )
        done += each
        run.progress(done, total, "original texts")
    for number, concept in enumerate(concepts, 1):
        other = other_of(concept, concepts)
        dose = dose_for(asked, plan, concept, run)
        keys = {prompt: text_key(asked, plan, concept, other, dose, prompt) for prompt in asked.prompts}
        missing = {prompt: key for prompt, key in keys.items() if not run.artefacts.has(key)}
        done += (len(keys) - len(missing)) * per_prompt
        if not missing:
            continue
        rows = _rows(asked, plan, concept, other, dose, run)
        for prompt, key in missing.items():
            run.check(f"stopped after {done:,} of {total:,} texts; what is finished is kept")
            run.progress(done, total, f"{concept.key} ({number} of {len(concepts)})")
            run.kept(Written, key, partial(_write, asked, model, prompt, rows, run))
            done += per_prompt
    run.progress(done, total, "all texts are written")


def _rows(
    asked: CausalityRequest, plan: Plan, concept: Concept, other: Concept, dose: Dose, run: Run
) -> list[tuple[str, list[Row]]]:
    """The rows that are written on every prompt, by kind."""
    wanted = replace(plan.request, names=(concept.key, other.key))
    found = {each.concept.key: each.expertise for each in find(wanted, run.at_hand(progress=lambda *_: None))}
    steered, each = set_to_dose(found[concept.key], dose), asked.on_each(asked.texts)
    random = [random_control(steered, DRAWS * asked.seed + draw) for draw in range(DRAWS)]
    elsewhere = set_to_dose(found[other.key], dose)
    rows = [
        ("steered", [Row("steered", sample, steered) for sample in range(each)]),
        ("random", [Row("control", sample, random[sample % DRAWS]) for sample in range(each)]),
        ("other", [Row("control", sample, elsewhere) for sample in range(each)]),
    ]
    for share in SHARES:
        milder = replace(steered, strength=share * dose.strength)
        few = range(asked.on_each(asked.smaller))
        rows.append((f"{share:g}", [Row("steered", sample, milder) for sample in few]))
    return rows


def _write(
    asked: CausalityRequest,
    model: LanguageModel,
    prompt: str,
    kinds: Sequence[tuple[str, list[Row]]],
    run: Run,
) -> Written:
    from ...steering.generation import generate_texts
    from ...steering.perplexity import perplexity

    rows = [row for _, some in kinds for row in some]
    options: dict[str, Any] = {"temperature": asked.temperature, "top_p": asked.top_p, "seed": asked.seed}
    options |= {"max_new_tokens": asked.tokens, "rows_per_batch": TOGETHER, "cancelled": run.cancelled}
    texts = iter(generate_texts(model, prompt, rows, **options))
    parts = [(kind, tuple(next(texts) for _ in some)) for kind, some in kinds]
    measured = asked.on_each(asked.smaller)
    some = [text for _, own in parts for text in own[:measured]]
    values = iter(perplexity(model, prompt, some).tolist() if some else np.array([]))
    return Written(
        tuple(Texts(kind, own, tuple(next(values) for _ in own[:measured])) for kind, own in parts)
    )

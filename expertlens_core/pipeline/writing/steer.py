"""Steer: a concept's experts switched on, beside the original and a control, in one batch."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

from ...concepts import Concept, Library
from ...errors import InputError
from ...experts.expertise import Expertise
from ...request import Field, Request, request
from ...run import Run
from ...steering.dose import Dose, set_to_dose
from ...steering.intervention import Intervention, Row, random_control, set_to_mean
from ..finding.find import find
from ..finding.model_record import load_for
from ..finding.plan import choose_concepts, plan_find
from ..finding.request import FindRequest
from .calibrate import dose_of

Rule = Literal["set"]
RULES: dict[Rule, Callable[..., Intervention]] = {"set": set_to_mean}
ROWS = 64
"""Texts generated side by side."""


@request
class SteerRequest(Request):
    """Steer a model towards a concept (docs/method.md, section 9)."""

    find: FindRequest = FindRequest()
    """How the experts are found; its names are not looked at."""
    concept: str = "cat"
    """The concept to switch on."""
    rule: Rule = "set"
    """What happens to the experts: set."""
    experts: int | None = Field(default=None, ge=1)
    """How many; default the concept's dose: the calibrated one where there is one, else a safe one."""
    strengths: tuple[float, ...] | None = None
    """0 to 1, several parted by commas; default the dose's."""
    first_layer: int | None = Field(default=None, ge=0)
    """Choose experts from this layer on; default the dose's."""
    queries_keys: bool | None = None
    """Whether outputs of query and key projections may be chosen; default the dose's."""
    control: Literal["random", "other-concept"] | None = None
    """random (as many random units per module) or other-concept."""
    other: str | None = None
    """The other concept of the control; default one of another domain."""
    prompt: str = "Once upon a time"
    """Text to continue."""
    chat: bool = False
    """Put the prompt to the model as a message, in its chat template."""
    samples: int = Field(default=1, ge=1)
    """Texts per kind and strength; those of one number share their random numbers."""
    tokens: int = 80
    """Length of a text."""
    temperature: float = 0.8
    """0 takes the likeliest token."""
    top_p: float = 0.95
    """Share of the likeliest tokens."""
    seed: int = 0
    """Of every random draw."""

    def __post_init__(self) -> None:
        if self.strengths == ():
            raise InputError("there is no strength: expected at least one, such as 1.0")


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


def steer(asked: SteerRequest, run: Run) -> Iterator[tuple[SteeredText, ...]]:
    """Texts of the original, steered and control rows, all of them after every step.

    The experts come from the cache, or are found first. Rows of one sample number share their random numbers, so that
    they differ by the intervention only. Where the run is asked to stop while it writes, the iterator ends with what
    there is; its last item holds the finished texts, in the order original, then per strength steered and control.

    Raises InputError for an unknown concept, a model that cannot generate, or a hooked module that never fires.
    """
    library = run.library_named(asked.find.library)
    return _steps(asked, _concept(asked, library), control_concept(asked, library), run)


def control_concept(asked: SteerRequest, library: Library) -> Concept | None:
    """The other concept of a control of that kind: the one named, or of another domain the one with the lowest hash.

    Raises InputError for an unknown concept, or a library without a second one.
    """
    concept = _concept(asked, library)
    if asked.control != "other-concept":
        return None
    if asked.other:
        return choose_concepts(library, (asked.other,))[0]
    others = [c for c in library if c.key != concept.key and c.name != concept.name]
    others = [c for c in others if c.domain != concept.domain] or others
    if not others:
        raise InputError(
            f"library {library.name!r} has no other concept than {concept.key!r}: expected one for the "
            "control; take the control of random units"
        )
    return min(others, key=lambda c: hashlib.sha256(f"{concept.key}\n{c.key}".encode()).hexdigest())


def asked_dose(asked: SteerRequest, usual: Dose) -> Dose:
    """The dose of a request, with its first strength; what it does not name is that of the usual dose."""
    return Dose(
        usual.first_layer if asked.first_layer is None else asked.first_layer,
        asked.experts or usual.experts,
        asked.strengths[0] if asked.strengths else usual.strength,
        usual.queries_keys if asked.queries_keys is None else asked.queries_keys,
    )


def _concept(asked: SteerRequest, library: Library) -> Concept:
    (concept, *others) = choose_concepts(library, (asked.concept,))
    if others:
        keys = ", ".join(other.key for other in (concept, *others))
        raise InputError(f"concept {asked.concept!r} has several senses: expected one of {keys}")
    return concept


def _steps(
    asked: SteerRequest, concept: Concept, other: Concept | None, run: Run
) -> Iterator[tuple[SteeredText, ...]]:
    from ...models.hooks import SilentModuleError
    from ...steering.generation import generate
    from ...steering.prompt import as_chat

    model = load_for(asked.find, run)
    run = run.at_hand(model=model)
    wanted = (concept.key,) if other is None else (concept.key, other.key)
    found = {each.concept.key: each.expertise for each in find(replace(asked.find, names=wanted), run)}
    plan = plan_find(replace(asked.find, names=(concept.key,)), run)
    dose = asked_dose(asked, dose_of(plan, concept.key, model.units, run)[0])
    rows = _rows(asked, dose, found[concept.key], None if other is None else found[other.key])
    prompt = as_chat(model, asked.prompt) if asked.chat else asked.prompt
    texts = [SteeredText(row.kind, strength, row.sample, "", False) for row, strength in rows]
    for number, (row, _) in enumerate(rows):
        if (change := row.intervention) is not None:
            modules = len(set(change.units.module_of[change.unit_ids].tolist()))
            texts[number] = replace(
                texts[number], experts=len(change.unit_ids), modules=modules, units=change.label,
                first_layer=dose.first_layer, queries_keys=dose.queries_keys,
            )  # fmt: skip
    total, done = asked.tokens * -(-len(rows) // ROWS), 0
    for first in range(0, len(rows), ROWS):
        steps = generate(
            model, prompt, [row for row, _ in rows[first : first + ROWS]],
            max_new_tokens=asked.tokens, temperature=asked.temperature, top_p=asked.top_p,
            seed=asked.seed, cancelled=run.cancelled,
        )  # fmt: skip
        try:
            for step in steps:
                told = zip(step.text, step.stops, step.steered)
                for number, (more, stop, steered) in enumerate(told, first):
                    text = texts[number].text + more
                    texts[number] = replace(
                        texts[number], text=text, finished=bool(stop), steered=steered, stop=stop
                    )
                done += 1
                run.progress(done, total, "writing")
                yield tuple(texts)
        except SilentModuleError as problem:  # what follows would not be steered
            raise InputError(f"{model.name} was not steered: {problem}") from problem
        if run.cancelled():
            return
        done = asked.tokens * (first // ROWS + 1)
    run.progress(total, total, "written")


def _rows(
    asked: SteerRequest, dose: Dose, expertise: Expertise, other: Expertise | None
) -> list[tuple[Row, float]]:
    """The texts to write, each with the strength of its intervention."""
    sets: list[tuple[Any, Any, float]] = [("original", None, 0.0)]
    for strength in asked.strengths or (dose.strength,):
        each = replace(dose, strength=strength)
        steered = set_to_dose(expertise, each, RULES[asked.rule])
        sets.append(("steered", steered, strength))
        if asked.control == "random":
            sets.append(("control", random_control(steered, asked.seed), strength))
        elif other is not None:
            sets.append(("control", set_to_dose(other, each, RULES[asked.rule]), strength))
    return [(Row(kind, i, change), strength) for kind, change, strength in sets for i in range(asked.samples)]

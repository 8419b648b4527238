"""From a request to the interventions of its rows: each concept's units by its dose and rule, and the controls."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import Literal

from ...concepts import Concept, Library
from ...errors import InputError
from ...models.units import units_named
from ...run import Run
from ...steering.dose import Dose, set_to_dose
from ...steering.intervention import Intervention, joined, random_control
from ...steering.rules import RULES
from ..finding.plan import choose_concepts, plan_find
from .calibrate import dose_of
from .request import SteerRequest
from .rule_statistics import expertise_for, statistics_over_tokens


@dataclass(frozen=True, eq=False)
class Change:
    """What is done to one kind of row."""

    intervention: Intervention
    strength: float
    """Of the first concept."""
    dose: Dose
    at_odds: int = 0
    """Units that several concepts choose: they are left to the first of them."""


def asked_dose(asked: SteerRequest, usual: Dose) -> Dose:
    """The dose of a request, with its first strength; what it does not name is that of the usual dose."""
    return replace(
        usual,
        first_layer=usual.first_layer if asked.first_layer is None else asked.first_layer,
        experts=asked.experts or usual.experts,
        strength=asked.strengths[0] if asked.strengths else usual.strength,
        queries_keys=usual.queries_keys if asked.queries_keys is None else asked.queries_keys,
        last_layer=asked.last_layer,
        kind=asked.kind,
    )


def concept_of(asked: SteerRequest, library: Library) -> Concept:
    """The concept of a request; raises InputError for an unknown one, or one of several senses."""
    return _one(asked.concept, library)


def control_concept(asked: SteerRequest, library: Library) -> Concept | None:
    """The other concept of a control of that kind: the one named, or of another domain the one with the lowest hash.

    Raises InputError for an unknown concept, or a library without a second one.
    """
    concept = concept_of(asked, library)
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


def needed_concepts(asked: SteerRequest, library: Library) -> tuple[str, ...]:
    """Keys of the concepts whose experts a request takes, the steered one first.

    Raises InputError for one that the library does not have.
    """
    other = control_concept(asked, library)
    keys = [concept_of(asked, library).key, *(_one(each.concept, library).key for each in asked.also)]
    return tuple(dict.fromkeys([*keys, *([] if other is None else [other.key])]))


def changes(
    asked: SteerRequest, library: Library, run: Run
) -> list[tuple[Literal["steered", "control"], Change]]:
    """The interventions of a request, each with the kind of its rows: per strength the steered one, then its control.

    `run.model` is the model. Raises as `find`; InputError for units or doses that cannot be.
    """
    concept, other = concept_of(asked, library), control_concept(asked, library)
    dose = asked_dose(asked, _usual(asked, concept, run))
    made: list[tuple[Literal["steered", "control"], Change]] = []
    also = [_added(asked, number, library, run) for number in range(len(asked.also))]
    for strength in asked.strengths or (dose.strength,):
        each = replace(dose, strength=strength)
        own = _intervention(asked, concept, each, run, listed=True)
        steered, at_odds = joined([own, *also])
        made.append(("steered", Change(steered, strength, each, at_odds)))
        if asked.control == "random":
            parts = [random_control(part, asked.seed + number) for number, part in enumerate((own, *also))]
            made.append(("control", Change(joined(parts)[0], strength, each)))
        elif other is not None:
            named = asked.units or asked.tau is not None
            as_many = replace(each, experts=len(own.unit_ids)) if named else each
            made.append(("control", Change(_intervention(asked, other, as_many, run), strength, as_many)))
    return made


def _added(asked: SteerRequest, number: int, library: Library, run: Run) -> Intervention:
    """A further concept's units, by its own dose where nothing else is said."""
    added = asked.also[number]
    strengths = None if added.strength is None else (added.strength,)
    alone = replace(
        asked, concept=added.concept, rule=added.rule, experts=added.experts, strengths=strengths, also=(),
        first_layer=None, last_layer=None, kind="", queries_keys=None, tau=None, units=(),
    )  # fmt: skip
    concept = concept_of(alone, library)
    return _intervention(alone, concept, asked_dose(alone, _usual(alone, concept, run)), run)


def _usual(asked: SteerRequest, concept: Concept, run: Run) -> Dose:
    plan = plan_find(replace(asked.find, names=(concept.key,)), run)
    return dose_of(plan, concept.key, plan.known.units, run, asked.rule)[0]


def _intervention(
    asked: SteerRequest, concept: Concept, dose: Dose, run: Run, *, listed: bool = False
) -> Intervention:
    """A concept's units by a dose; with `listed` those that the request names, where it names some."""
    expertise = expertise_for(asked.find, concept, dose.rule, run)
    tokens = statistics_over_tokens(asked.find, concept, run) if RULES[dose.rule].per_token else None
    ids = units_named(expertise.units, asked.units) if listed and asked.units else None
    return set_to_dose(expertise, dose, tokens=tokens, tau=asked.tau if listed else None, unit_ids=ids)


def _one(name: str, library: Library) -> Concept:
    (concept, *others) = choose_concepts(library, (name,))
    if others:
        keys = ", ".join(other.key for other in (concept, *others))
        raise InputError(f"concept {name!r} has several senses: expected one of {keys}")
    return concept

"""What the Steer page's choices ask for, as a request; and a request, such as a preset's, as the page's choices."""

import re
from typing import Any

import streamlit as st

from expertlens_core.errors import InputError
from expertlens_core.models.units import units_named
from expertlens_core.pipeline import Plan, SteerRequest, asked_dose, dose_of
from expertlens_core.steering.dose import Dose
from pages.shared import view
from pages.shared.choices import steer as choices
from pages.shared.selection import Selection
from pages.shared.services import services

DOSE = (
    choices.RULE, choices.UNITS, choices.EXPERTS, choices.FIRST_LAYER, choices.LAST_LAYER, choices.KIND,
    choices.KINDS, choices.STRENGTH,
)  # fmt: skip
"""What makes the dose the visitor's own."""


def request(chosen: Selection) -> SteerRequest:
    """What the settings ask for.

    Raises:
        InputError: for settings that cannot be.
    """
    control, kinds, kind, by = (
        view.get(each) for each in (choices.CONTROL, choices.KINDS, choices.KIND, choices.UNITS)
    )
    strength = view.get(choices.STRENGTH)
    return SteerRequest(
        find=chosen.request(),
        concept=chosen.concept.key,
        rule=view.get(choices.RULE),
        experts=view.get(choices.EXPERTS) if by == "best" else None,
        tau=view.get(choices.ABOVE) if by == "tau" else None,
        units=listed() if by == "list" else (),
        first_layer=view.get(choices.FIRST_LAYER),
        last_layer=view.get(choices.LAST_LAYER),
        kind="" if kind == "both" else kind,
        queries_keys=None if kinds is None else kinds == "all",
        strengths=None if strength is None else (strength,),
        also=tuple(each for each in view.get(choices.ALSO) if each.concept != chosen.concept.key),
        control=None if control == "none" else control,
        other=(view.get(choices.OTHER) or None) if control == "other-concept" else None,
        prompt=view.get(choices.PROMPT),
        chat=view.get(choices.CHAT) != "text",
        samples=view.get(choices.TEXTS),
        tokens=view.get(choices.TOKENS),
        temperature=view.get(choices.TEMPERATURE),
        top_p=view.get(choices.TOP_P),
        seed=view.get(choices.DRAW),
    )


def take(asked: SteerRequest) -> None:
    """Choose what a request asks for, but for its concept and how the experts are found."""
    values: dict[Any, Any] = {
        choices.PROMPT: asked.prompt,
        choices.CHAT: "chat" if asked.chat else "text",
        choices.RULE: asked.rule,
        choices.UNITS: "list" if asked.units else "best" if asked.tau is None else "tau",
        choices.EXPERTS: asked.experts,
        choices.LISTED: "\n".join(asked.units),
        choices.FIRST_LAYER: asked.first_layer,
        choices.LAST_LAYER: asked.last_layer,
        choices.KIND: asked.kind or "both",
        choices.KINDS: {None: None, True: "all", False: "without-queries-keys"}[asked.queries_keys],
        choices.STRENGTH: asked.strengths[0] if asked.strengths else None,
        choices.ALSO: asked.also,
        choices.TEXTS: min(8, asked.samples),
        choices.TOKENS: asked.tokens,
        choices.TEMPERATURE: asked.temperature,
        choices.TOP_P: asked.top_p,
        choices.DRAW: asked.seed,
    }
    if asked.tau is not None:
        values[choices.ABOVE] = asked.tau
    for field, value in values.items():
        view.put(field, value)


def listed() -> tuple[str, ...]:
    """The units of the list, by path:index."""
    return tuple(dict.fromkeys(filter(None, re.split(r"[\s,;]+", view.get(choices.LISTED)))))


def fault_of_list(plan: Plan) -> str:
    """Why the list of units cannot be; empty where it can, or where the model's units are not known yet."""
    if view.get(choices.UNITS) != "list":
        return ""
    if not listed():
        return "the list holds no unit: expected one a line, by its module's path and an index"
    try:
        if plan.record is not None:
            units_named(plan.record.units, listed())
    except InputError as problem:
        return str(problem)
    return ""


def usual_dose(chosen: Selection, plan: Plan) -> Dose | None:
    """The dose of the concept by the chosen rule, where nothing else is chosen; None before the model is known."""
    if plan.record is None:
        return None
    known = dose_of(plan, chosen.concept.key, plan.record.units, services().run())[0]
    return asked_dose(SteerRequest(rule=view.get(choices.RULE)), known)


def take_typed() -> None:
    """Take over a prompt that was typed just before a button was pressed."""
    key = view.widget(choices.PROMPT.name)
    if key in st.session_state:
        view.put(choices.PROMPT, st.session_state[key])

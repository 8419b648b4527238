"""The settings of the Steer page: prompt, dose, control, and how words are drawn."""

from typing import Any

import streamlit as st

from expertlens_core.models.label import model_label
from expertlens_core.pipeline import Plan, SteerRequest, dose_of
from expertlens_core.steering.dose import Dose
from pages.shared import view
from pages.shared.choices import steer as choices
from pages.shared.glossary import words
from pages.shared.plain import plain
from pages.shared.selection import Selection
from pages.shared.services import services
from pages.shared.view import Field, bound

PRESETS = {
    "text": ("Once upon a time", "Yesterday", "The letter began with", "This morning I saw"),
    "chat": ("Tell me a very short story.", "What did you do today?", "Describe your favorite place."),
}
KINDS = {"all": "All kinds", "without-queries-keys": "Without queries and keys"}
MODES = {"text": "Continue a text", "chat": "Ask the model"}
CONTROLS = {"random": "Random units", "other-concept": "Another concept", "none": "None"}
MOST, LAYERS = 1_000_000, 100
"""Units and layers of a model that has not been loaded yet."""


def settings(chosen: Selection, plan: Plan) -> SteerRequest:
    _prompt()
    units = None if plan.record is None else plan.record.units
    most, layers = (MOST, LAYERS) if units is None else (units.count, units.layers)
    dose = None if units is None else dose_of(plan, chosen.concept.key, units, services().run())[0]
    other, label = view.get(choices.CONTROL) == "other-concept", model_label(chosen.model)
    columns = iter(st.columns([1, 1, 1.2, *[1.15] * other, 1.15, 1.15], vertical_alignment="bottom"))
    with next(columns):
        _at_most(choices.EXPERTS, most, f"{label} has {most:,} units: no more can be set.")
        told = words("expert") + " This many of the best are set."
        shown = _with_default(choices.EXPERTS, dose and dose.experts)
        st.number_input("Experts", 1, most, step=10, placeholder="by the dose", help=told, **shown)
    with next(columns):
        _at_most(choices.FIRST_LAYER, layers - 1, f"{label} has {layers:,} layers, counted from 0.")
        told = (
            "Experts of earlier layers are left alone: they answer to the word itself, and set they break the text or "
            "repeat it."
        )
        shown = _with_default(choices.FIRST_LAYER, dose and dose.first_layer)
        st.number_input("From layer", 0, layers - 1, placeholder="by the dose", help=told, **shown)
    with next(columns):
        told = words("strength") + " Beyond 1 they are pushed past it."
        shown = _with_default(choices.STRENGTH, dose.strength if dose else 0.4)
        st.slider("Strength", 0.0, 2.0, step=0.05, help=told, **shown)
    with next(columns):
        told = words("control") + " Or the experts of another concept."
        _select("Control", CONTROLS, told, **bound(choices.CONTROL))
    if other:
        with next(columns):
            keys = [key for key in chosen.library.keys if key != chosen.concept.key]
            current = view.get(choices.OTHER)
            if current and current not in keys:
                problem = f"The library {chosen.library.name!r} has no other concept {current[:80]!r} for the control"
                st.warning(plain(f"{problem}: one of another domain is taken."), icon=":material/link_off:")
                view.put(choices.OTHER, "")
            options = {"": "one of another domain"} | {key: key for key in keys}
            _select("Its concept", options, None, **bound(choices.OTHER))
    with next(columns):
        _sampling(dose)
    return request(chosen)


def request(chosen: Selection) -> SteerRequest:
    """What the settings ask for.

    Raises:
        InputError: for settings that cannot be.
    """
    control, kinds = view.get(choices.CONTROL), view.get(choices.KINDS)
    strength = view.get(choices.STRENGTH)
    return SteerRequest(
        find=chosen.request(),
        concept=chosen.concept.key,
        experts=view.get(choices.EXPERTS),
        first_layer=view.get(choices.FIRST_LAYER),
        queries_keys=None if kinds is None else kinds == "all",
        strengths=None if strength is None else (strength,),
        control=None if control == "none" else control,
        other=(view.get(choices.OTHER) or None) if control == "other-concept" else None,
        prompt=view.get(choices.PROMPT),
        chat=view.get(choices.CHAT) == "chat",
        samples=view.get(choices.TEXTS),
        tokens=view.get(choices.TOKENS),
        temperature=view.get(choices.TEMPERATURE),
        top_p=view.get(choices.TOP_P),
        seed=view.get(choices.DRAW),
    )


def take_typed() -> None:
    """Take over a prompt that was typed just before a button was pressed."""
    key = view.widget(choices.PROMPT.name)
    if key in st.session_state:
        view.put(choices.PROMPT, st.session_state[key])


def _prompt() -> None:
    mode = view.get(choices.CHAT)

    def take_mode(taken: str | None) -> None:
        before = view.get(choices.CHAT)
        view.put(choices.CHAT, taken or before)
        if taken and taken != before and view.get(choices.PROMPT) in PRESETS[before]:
            view.put(choices.PROMPT, PRESETS[taken][0])

    def take_preset(taken: str | None) -> None:
        if taken:
            view.put(choices.PROMPT, taken)

    quiet: dict[str, Any] = {"label_visibility": "collapsed"}
    shown = view.show("mode", mode, take_mode)
    given = "What the model is given"
    st.segmented_control(given, list(MODES), format_func=MODES.__getitem__, **quiet, **shown)
    st.text_input(
        "Message" if mode == "chat" else "Prompt",
        max_chars=2000,
        placeholder="Nothing: the model begins by itself",
        help="Put to the model through its chat template, and answered."
        if mode == "chat"
        else "The text that the model continues.",
        **bound(choices.PROMPT),
    )
    prompt, presets = view.get(choices.PROMPT), PRESETS[mode]
    shown = view.show("preset", prompt if prompt in presets else None, take_preset)
    st.pills("Beginnings", presets, **quiet, **shown)


def _sampling(dose: Dose | None) -> None:
    fields = (choices.TEXTS, choices.TOKENS, choices.TEMPERATURE, choices.TOP_P, choices.DRAW)
    changed = any(view.get(field) != field.default for field in fields)
    with st.popover(
        f"{view.get(choices.TEXTS)} × {view.get(choices.TOKENS)} · seed {view.get(choices.DRAW)}",
        icon=":material/edit:" if changed else ":material/tune:",
        help="How many texts a column, of how many tokens, how words are drawn, and which kinds of units are set.",
        width="stretch",
    ):
        told = (
            "Queries and keys say where attention looks, not what it carries. Many concepts bear more without them. "
            "Models that compute them in one piece with the rest have no such choice."
        )
        usual = "without-queries-keys" if dose and not dose.queries_keys else "all"
        _select("Units to choose among", KINDS, told, **_with_default(choices.KINDS, usual))
        told = (
            "One text is a matter of luck; several show the tendency. The first texts of all columns share their "
            "random numbers, so do the second ones, and so on."
        )
        st.slider("Texts per column", 1, 8, help=told, **bound(choices.TEXTS))
        st.slider("Tokens", 1, 1000, help="At most; a text may end earlier.", **bound(choices.TOKENS))
        told = "Below 1 likely words are preferred; 0 always takes the likeliest."
        st.slider("Temperature", 0.0, 3.0, step=0.05, help=told, **bound(choices.TEMPERATURE))
        told = "Words are drawn among the likeliest that together have this probability; 1 keeps all."
        st.slider("Top-p", 0.05, 1.0, step=0.01, help=told, **bound(choices.TOP_P))
        told = "The same seed and settings give the same texts."
        st.number_input("Seed", 0, 2**31, help=told, **bound(choices.DRAW))


def _select(label: str, options: dict[str, str], told: str | None, **look: Any) -> None:
    st.selectbox(label, list(options), format_func=options.__getitem__, help=told, **look)


def _at_most(field: Field, most: int, problem: str) -> None:
    """Lower a number that a link sets too high, and say so."""
    if (view.get(field) or 0) > most:
        st.warning(plain(problem), icon=":material/link_off:")
        view.put(field, most)


def _with_default(field: Field, usual: Any) -> dict[str, Any]:
    """Show a model's own default where nothing was chosen."""
    chosen = view.get(field)
    return view.show(
        field.name,
        usual if chosen is None else chosen,
        lambda taken: view.put(field, None if taken == usual else taken),
    )

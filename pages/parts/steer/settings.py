"""The settings of the Steer page: prompt, dose, control, and how words are drawn."""

from __future__ import annotations

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
MOST = 1_000_000
"""Units, in a model that has not been loaded yet."""


def settings(chosen: Selection, plan: Plan) -> SteerRequest:
    """Draw the settings; what they ask for."""
    _prompt()
    units = None if plan.record is None else plan.record.units
    most, layers = (MOST, 100) if units is None else (units.count, units.layers)
    dose = None if units is None else dose_of(plan, chosen.concept.key, units, services().run())[0]
    other = view.get(choices.CONTROL) == "other-concept"
    columns = st.columns([1, 1, 1.2, *[1.15] * other, 1.15, 1.15], vertical_alignment="bottom")
    with columns[0]:
        if (view.get(choices.EXPERTS) or 0) > most:
            problem = f"{model_label(chosen.model)} has {most:,} units: no more can be set."
            st.warning(plain(problem), icon=":material/link_off:")
            view.put(choices.EXPERTS, most)
        st.number_input(
            "Experts",
            1,
            most,
            step=10,
            placeholder="by the dose",
            help=words("expert") + " This many of the best are set.",
            **_with_default(choices.EXPERTS, dose.experts if dose else None),
        )
    with columns[1]:
        if (view.get(choices.FIRST_LAYER) or 0) >= layers:
            problem = f"{model_label(chosen.model)} has {layers:,} layers, counted from 0."
            st.warning(plain(problem), icon=":material/link_off:")
            view.put(choices.FIRST_LAYER, layers - 1)
        st.number_input(
            "From layer",
            0,
            layers - 1,
            placeholder="by the dose",
            help="Experts of earlier layers are left alone: they answer to the word itself, and set they break the "
            "text or repeat it.",
            **_with_default(choices.FIRST_LAYER, dose.first_layer if dose else None),
        )
    with columns[2]:
        st.slider(
            "Strength",
            0.0,
            2.0,
            step=0.05,
            help=words("strength") + " Beyond 1 they are pushed past it.",
            **_with_default(choices.STRENGTH, dose.strength if dose else 0.4),
        )
    with columns[3]:
        st.selectbox(
            "Control",
            list(CONTROLS),
            format_func=CONTROLS.__getitem__,
            help=words("control") + " Or the experts of another concept.",
            **bound(choices.CONTROL),
        )
    if other:
        with columns[4]:
            _other(chosen)
    with columns[-1]:
        _sampling(dose)
    return request(chosen)


def request(chosen: Selection) -> SteerRequest:
    """What the settings ask for.

    Raises:
        InputError: for settings that cannot be.
    """
    control = view.get(choices.CONTROL)
    strength = view.get(choices.STRENGTH)
    return SteerRequest(
        find=chosen.request(),
        concept=chosen.concept.key,
        experts=view.get(choices.EXPERTS),
        first_layer=view.get(choices.FIRST_LAYER),
        queries_keys=None if view.get(choices.KINDS) is None else view.get(choices.KINDS) == "all",
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
    st.segmented_control(
        "What the model is given",
        list(MODES),
        format_func=MODES.__getitem__,
        label_visibility="collapsed",
        **view.show("mode", mode, _take_mode),
    )
    st.text_input(
        "Message" if mode == "chat" else "Prompt",
        max_chars=2000,
        placeholder="Nothing: the model begins by itself",
        help="Put to the model through its chat template, and answered."
        if mode == "chat"
        else "The text that the model continues.",
        **bound(choices.PROMPT),
    )
    prompt = view.get(choices.PROMPT)
    presets = PRESETS[mode]
    st.pills(
        "Beginnings",
        presets,
        label_visibility="collapsed",
        **view.show("preset", prompt if prompt in presets else None, _take_preset),
    )


def _take_mode(mode: str | None) -> None:
    before = view.get(choices.CHAT)
    view.put(choices.CHAT, mode or before)
    if mode and mode != before and view.get(choices.PROMPT) in PRESETS[before]:
        view.put(choices.PROMPT, PRESETS[mode][0])


def _take_preset(preset: str | None) -> None:
    if preset:
        view.put(choices.PROMPT, preset)


def _other(chosen: Selection) -> None:
    keys = [key for key in chosen.library.keys if key != chosen.concept.key]
    current = view.get(choices.OTHER)
    if current and current not in keys:
        problem = f"The library {chosen.library.name!r} has no other concept {current[:80]!r} for the control"
        st.warning(plain(f"{problem}: one of another domain is taken."), icon=":material/link_off:")
        view.put(choices.OTHER, "")
    st.selectbox(
        "Its concept",
        ["", *keys],
        format_func=lambda key: key or "one of another domain",
        **bound(choices.OTHER),
    )


def _sampling(dose: Dose | None) -> None:
    changed = any(
        view.get(field) != field.default
        for field in (choices.TEXTS, choices.TOKENS, choices.TEMPERATURE, choices.TOP_P, choices.DRAW)
    )
    with st.popover(
        f"{view.get(choices.TEXTS)} × {view.get(choices.TOKENS)} · seed {view.get(choices.DRAW)}",
        icon=":material/edit:" if changed else ":material/tune:",
        help="How many texts a column, of how many tokens, how words are drawn, and which kinds of units are set.",
        width="stretch",
    ):
        st.selectbox(
            "Units to choose among",
            list(KINDS),
            format_func=KINDS.__getitem__,
            help="Queries and keys say where attention looks, not what it carries. Many concepts bear more without "
            "them. Models that compute them in one piece with the rest have no such choice.",
            **_with_default(
                choices.KINDS, "without-queries-keys" if dose and not dose.queries_keys else "all"
            ),
        )
        st.slider(
            "Texts per column",
            1,
            8,
            help="One text is a matter of luck; several show the tendency. The first texts of all columns share their "
            "random numbers, so do the second ones, and so on.",
            **bound(choices.TEXTS),
        )
        st.slider("Tokens", 1, 1000, help="At most; a text may end earlier.", **bound(choices.TOKENS))
        st.slider(
            "Temperature",
            0.0,
            3.0,
            step=0.05,
            help="Below 1 likely words are preferred; 0 always takes the likeliest.",
            **bound(choices.TEMPERATURE),
        )
        st.slider(
            "Top-p",
            0.05,
            1.0,
            step=0.01,
            help="Words are drawn among the likeliest that together have this probability; 1 keeps all.",
            **bound(choices.TOP_P),
        )
        st.number_input(
            "Seed",
            0,
            2**31,
            help="The same seed and settings give the same texts.",
            **bound(choices.DRAW),
        )


def _with_default(field: Field, usual: Any) -> dict[str, Any]:
    """Show a model's own default where nothing was chosen."""
    chosen = view.get(field)
    return view.show(
        field.name,
        usual if chosen is None else chosen,
        lambda taken: view.put(field, None if taken == usual else taken),
    )

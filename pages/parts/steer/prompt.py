"""What the model is given: a text to continue, one message, or a conversation; and presets that are known to work."""

from typing import Any

import streamlit as st

from expertlens_core.pipeline import SteerRequest
from expertlens_core.pipeline.writing.presets import presets
from pages.parts.steer.asked import take
from pages.shared import view
from pages.shared.choices import steer as choices
from pages.shared.plain import plain
from pages.shared.selection import Selection
from pages.shared.view import bound

BEGINNINGS = {
    "text": ("Once upon a time", "Yesterday", "The letter began with", "This morning I saw"),
    "chat": ("Tell me a very short story.", "What did you do today?", "Describe your favorite place."),
}
BEGINNINGS["turns"] = BEGINNINGS["chat"]
MODES = {"text": "Continue a text", "chat": "Ask one question", "turns": "Chat"}
QUIET: dict[str, Any] = {"label_visibility": "collapsed"}


def draw_mode() -> None:
    """Choose what the model is given."""

    def take_mode(taken: str | None) -> None:
        before = view.get(choices.CHAT)
        view.put(choices.CHAT, taken or before)
        if (
            taken
            and view.get(choices.PROMPT) in BEGINNINGS[before]
            and BEGINNINGS[before] != BEGINNINGS[taken]
        ):
            view.put(choices.PROMPT, BEGINNINGS[taken][0])

    shown = view.show("mode", view.get(choices.CHAT), take_mode)
    given = "What the model is given"
    st.segmented_control(given, list(MODES), format_func=MODES.__getitem__, **QUIET, **shown)


def draw_prompt(chosen: Selection) -> None:
    """The prompt or message, with beginnings to press."""
    mode = view.get(choices.CHAT)

    def take_beginning(taken: str | None) -> None:
        if taken:
            view.put(choices.PROMPT, taken)

    st.text_input(
        "Message" if mode == "chat" else "Prompt",
        max_chars=2000,
        placeholder="Nothing: the model begins by itself",
        help="Put to the model through its chat template, and answered."
        if mode == "chat"
        else "The text that the model continues.",
        **bound(choices.PROMPT),
    )
    prompt, offered = view.get(choices.PROMPT), BEGINNINGS[mode]
    shown = view.show("preset", prompt if prompt in offered else None, take_beginning)
    st.pills("Beginnings", offered, **QUIET, **shown)
    draw_presets(chosen)


def draw_presets(chosen: Selection) -> None:
    """What was found to work for the concept in this model, each a press away."""
    known = [each for each in presets(chosen.concept.key) if each.find.model == chosen.model]
    if not known:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        for number, each in enumerate(known):
            told = "Found by trying: the settings and the seed of a text that shows the concept well."
            label = f"Try: {plain(_short(each))}"
            view.button(label, take, each, icon="lightbulb", key=f"steer preset {number}", help=told)


def _short(asked: SteerRequest) -> str:
    text = " ".join(asked.prompt.split())
    return text if len(text) <= 60 else f"{text[:57]}…"

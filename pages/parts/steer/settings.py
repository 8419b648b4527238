"""The settings of the Steer page: less or more, control, and how words are drawn; the rest stands under Adjust."""

from typing import Any

import streamlit as st

from expertlens_core.pipeline import Plan, SteerRequest
from expertlens_core.steering.dose import Dose
from expertlens_core.steering.rules import RULES
from pages.parts.steer.adjust import adjust
from pages.parts.steer.asked import request, usual_dose
from pages.parts.steer.press import again_if_writing
from pages.shared import view
from pages.shared.choices import steer as choices
from pages.shared.glossary import words
from pages.shared.plain import plain
from pages.shared.selection import Selection
from pages.shared.view import bound

CONTROLS = {"random": "Random units", "other-concept": "Another concept", "none": "None"}
MILD = 0.4
"""Strength of the dose for a concept that was not calibrated."""


def settings(chosen: Selection, plan: Plan, calibrated: bool) -> SteerRequest:
    """Draw the settings; what they ask for."""
    usual, turns = usual_dose(chosen, plan), view.get(choices.CHAT) == "turns"
    other = view.get(choices.CONTROL) == "other-concept" and not turns
    columns = iter(
        st.columns([2, *[1.1] * (not turns), *[1.1] * other, 1.1], vertical_alignment="bottom", gap="medium")
    )
    with next(columns):
        _less_or_more(usual, calibrated)
    if not turns:
        with next(columns):
            told = words("control") + " Or the experts of another concept."
            _select("Control", CONTROLS, told, **bound(choices.CONTROL))
    if other:
        with next(columns):
            _other(chosen)
    with next(columns):
        _sampling(turns)
    adjust(chosen, plan, usual)
    return request(chosen)


def _less_or_more(usual: Dose | None, calibrated: bool) -> None:
    """The strength in shares of the concept's dose; moved while texts are written, they are begun anew."""
    full = usual.strength if usual else MILD
    now = view.get(choices.STRENGTH)
    percent = 100 if now is None else max(0, min(200, 10 * round(10 * now / full)))
    middle = "calibrated" if calibrated and not _whole_rule() else "full" if full == 1 else "a mild dose"
    names = {0: "off", 100: middle, 200: "twice"}

    def moved(taken: int) -> None:
        view.put(choices.STRENGTH, None if taken == 100 else round(full * taken / 100, 4))
        again_if_writing()

    st.select_slider(
        "Less – more",
        range(0, 201, 10),
        format_func=lambda share: names.get(share, f"{share / 100:g} ×"),
        help="How far the units are moved, in shares of the concept's dose. While texts are being written they are "
        "begun anew with what you choose. The exact numbers stand under Adjust.",
        **view.show("more", percent, moved),
    )


def _whole_rule() -> bool:
    """Whether the chosen rule has a dose of its own, full strength."""
    return RULES[view.get(choices.RULE)].ranks_by == "auroc"


def _other(chosen: Selection) -> None:
    keys = [key for key in chosen.library.keys if key != chosen.concept.key]
    current = view.get(choices.OTHER)
    if current and current not in keys:
        problem = (
            f"The library {chosen.library.name!r} has no other concept {current[:80]!r} for the control: one of "
            "another domain is taken."
        )
        st.warning(plain(problem), icon=":material/link_off:")
        view.put(choices.OTHER, "")
    options = {"": "one of another domain"} | {key: key for key in keys}
    _select("Its concept", options, None, **bound(choices.OTHER))


def _sampling(turns: bool) -> None:
    fields = (choices.TEXTS, choices.TOKENS, choices.TEMPERATURE, choices.TOP_P, choices.DRAW)
    changed = any(view.get(field) != field.default for field in fields)
    many = "" if turns else f"{view.get(choices.TEXTS)} × "
    with st.popover(
        f"{many}{view.get(choices.TOKENS)} tokens · seed {view.get(choices.DRAW)}",
        icon=":material/edit:" if changed else ":material/tune:",
        help="How many texts a column, of how many tokens, and how words are drawn.",
        width="stretch",
    ):
        told = (
            "One text is a matter of luck; several show the tendency. The first texts of all columns share their "
            "random numbers, so do the second ones, and so on."
        )
        if not turns:
            st.slider("Texts per column", 1, 8, help=told, **bound(choices.TEXTS))
        st.slider("Tokens", 1, 1000, help="At most; a text may end earlier.", **bound(choices.TOKENS))
        told = "Below 1 likely words are preferred; 0 always takes the likeliest."
        st.slider("Temperature", 0.0, 3.0, step=0.05, help=told, **bound(choices.TEMPERATURE))
        told = "Words are drawn among the likeliest that together have this probability; 1 keeps all."
        st.slider("Top-p", 0.05, 1.0, step=0.01, help=told, **bound(choices.TOP_P))
        told = "The same seed and settings give the same texts. Each turn of a chat draws with the next one."
        st.number_input("Seed", 0, 2**31, help=told, **bound(choices.DRAW))


def _select(label: str, options: dict[str, str], told: str | None, **look: Any) -> None:
    st.selectbox(label, list(options), format_func=options.__getitem__, help=told, **look)

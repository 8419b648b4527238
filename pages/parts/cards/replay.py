"""The replay of a card's texts, token by token and without a model: on the Cards page and in the Story."""

import time
from collections.abc import Callable, Mapping

import streamlit as st

from expertlens_core.pipeline.cards.card import Card
from expertlens_core.pipeline.cards.text import PACE, replayed

BEGAN = "card replay"
"""Session key: name of the card, its pace, and when its replay began; 0 has it at its end."""
LOOK = 0.2
"""Seconds between two looks."""


def draw_replay(
    name: str, card: Card, body: Callable[[Mapping[str, str], bool], str], pace: float = PACE
) -> None:
    """Draw the texts as far as they are until all is there; `body` makes HTML of them, and of whether they end."""
    known = st.session_state.get(BEGAN)
    if known is None or known[0] != name:
        replay(name, pace)
    elif known[1] != pace:  # it goes on from where it is, at another pace
        now = time.monotonic()
        began = now - (now - known[2]) * known[1] / pace if known[2] else 0.0
        st.session_state[BEGAN] = (name, pace, began)

    def look() -> tuple[dict[str, str], bool]:
        began = st.session_state[BEGAN][2]
        return replayed(card.texts, time.monotonic() - began if began else 1e9, pace)

    over = look()[1]

    def draw() -> None:
        shown, ended = look()
        st.html(body(shown, ended))
        if ended and not over:
            skip(name, pace)
            st.rerun()

    st.fragment(draw, run_every=None if over else LOOK)()


def replay(name: str, pace: float = PACE) -> None:
    """From the first token on."""
    st.session_state[BEGAN] = (name, pace, time.monotonic())


def skip(name: str, pace: float = PACE) -> None:
    """To the end."""
    st.session_state[BEGAN] = (name, pace, 0.0)


def forget() -> None:
    """The next look begins a replay."""
    st.session_state.pop(BEGAN, None)

"""Saving a card of what was just written: one line on the pages that write."""

from collections.abc import Sequence

import streamlit as st

from expertlens_core.concepts import Library
from expertlens_core.pipeline import SteeredText, SteerRequest
from expertlens_core.pipeline.cards.files import keep_card
from expertlens_core.pipeline.cards.making import card_of
from pages.shared import view
from pages.shared.choices.cards import CARD
from pages.shared.loading import load_library
from pages.shared.plain import problem_kept
from pages.shared.services import services

SAVED = "card saved"
"""Session key: what a card was saved of, and its name."""


def card_button(
    request: SteerRequest, rows: Sequence[SteeredText], sample: int = 0, library: Library | None = None
) -> None:
    """A button that keeps a card of one sample of some texts, and the way to it; nothing before they are finished.

    ``card_button(made.request, shot.rows)`` on the Steer page, where `made` is an `Asked` and `shot` a `Shot`.
    """
    texts = [text for text in rows if text.sample == sample]
    if not texts or not all(text.finished for text in texts):
        return
    told = (
        "Keeps this text with its units, values and settings: it replays without the model, and comes again."
    )
    view.button(
        "Save a card", _save, request, tuple(rows), sample, library, icon="style", key="save card", help=told
    )
    saved = st.session_state.get(SAVED)
    if (
        saved is not None
        and saved[0] == (request, sample)
        and view.button("Open the card", icon="style", key="open saved card", type="tertiary")
    ):
        view.put(CARD, saved[1])
        st.switch_page("cards.py")


def _save(request: SteerRequest, rows: tuple[SteeredText, ...], sample: int, library: Library | None) -> None:
    shared = services()
    with problem_kept(), shared.turns.held():
        run = shared.run(complete=True, library=library or load_library(request.find.library))
        name = keep_card(card_of(request, rows, run, sample=sample))
        st.session_state[SAVED] = ((request, sample), name)

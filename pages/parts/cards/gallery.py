"""All cards: the visitor's own and those that ship, and the way to bring one in."""

from html import escape

import streamlit as st

from expertlens_core.errors import InputError
from expertlens_core.pipeline.cards.files import (
    MAX_BYTES,
    KeptCard,
    card_from_bytes,
    keep_card,
    kept_cards,
    restore_card,
)
from expertlens_core.pipeline.cards.html import continued, marked
from expertlens_core.pipeline.cards.told import headline
from pages.shared import view
from pages.shared.choices.cards import CARD
from pages.shared.plain import plain, problem_kept, sentence, show_problem

COLUMNS, MOST, SHOWN = 3, 60, 220
"""Cards in a row, cards on the page, and characters of a text that are shown of each."""
REMOVED, TURN = "card removed", "card upload turn"


def draw_gallery() -> None:
    """Own cards first, then presets; and a place for files."""
    cards = kept_cards()
    own = [each for each in cards if not each.preset]
    presets = [each for each in cards if each.preset]
    if not cards:
        with st.container(border=True):
            st.markdown(
                "**No card is kept here yet.** A card holds a steered text with its units, their values and every "
                "setting: it replays without a model, and writes the same text again. Save one on the Steer page, or "
                "open a file that somebody sent you."
            )
            st.page_link("steer.py", label="Go to Steer", icon=":material/tune:")
    for title, some in (("Your cards", own), ("Presets", presets)):
        if some:
            st.subheader(title, anchor=False)
            _grid(some[:MOST])
            if len(some) > MOST:
                st.caption(f"The {MOST} last ones of {len(some)}; `card` on the command line lists all.")
    _draw_upload()


def _grid(cards: list[KeptCard]) -> None:
    for first in range(0, len(cards), COLUMNS):
        row = cards[first : first + COLUMNS]
        for place, kept in zip(st.columns(COLUMNS), row):
            with place, st.container(border=True):
                _tile(kept)


def _tile(kept: KeptCard) -> None:
    card = kept.card
    if card is None:
        st.markdown(f"**{plain(kept.name)}**")
        st.caption(f":material/error: {plain(sentence(kept.problem))}")
        return
    st.markdown(f"**{plain(headline(card))}**")
    text = card.text_of("steered").text
    shown = text[:SHOWN] + ("…" if len(text) > SHOWN else "")
    told = continued(card.prompt, False) + ("\n" if card.request.chat else "")
    st.html(f'<p class="el-text">{told}{marked(shown, card.concept, card.related)}</p>')
    st.caption(
        plain(
            card.note or f"{card.changes[0].count:,} units, strength {card.strength:g} · {card.created[:10]}"
        )
    )
    view.button("Open", open_card, kept.name, icon="play_circle", key=f"open {kept.name}")


def open_card(name: str) -> None:
    view.put(CARD, name)


def _draw_upload() -> None:
    turn = st.session_state.setdefault(TURN, 0)
    file = st.file_uploader(
        "Open a card's file",
        type="json",
        max_upload_size=MAX_BYTES // 2**20,
        key=f"card upload {turn}",
        help="It is checked, and kept among your cards on this machine.",
    )
    if file is None:
        return
    try:
        name = keep_card(card_from_bytes(file.getvalue(), file.name))
    except InputError as problem:
        show_problem(str(problem))
        st.caption("Nothing was kept of it.")
        return
    st.session_state[TURN] = turn + 1
    open_card(name)
    st.rerun()


def draw_removed() -> None:
    """The card that was just removed, with a button that brings it back."""
    name = st.session_state.get(REMOVED, "")
    if not name:
        return
    with st.container(horizontal=True, vertical_alignment="center", border=True, key="undo notice"):
        st.markdown(f":material/history: Removed the card {plain(escape(name))}")
        view.button("Undo", _bring_back, name, icon="undo", key="undo card")
        view.button("Dismiss", _dismiss, key="dismiss undo", type="tertiary")


def _bring_back(name: str) -> None:
    with problem_kept():
        _dismiss()
        restore_card(name)


def _dismiss() -> None:
    st.session_state.pop(REMOVED, None)

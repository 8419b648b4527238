"""Undo: what was just removed or changed, offered back until it is taken or dismissed."""

import streamlit as st

from expertlens_core.concepts.changes import Change, read_change
from expertlens_core.concepts.undo import undo
from pages.shared import view
from pages.shared.plain import plain, problem_kept
from pages.shared.selection import CONCEPT, choose_library

OFFERED = "change to undo"


def offer_undo(change: Change | None) -> None:
    """Offer to take a change back; None, for nothing that was taken away, leaves what is offered."""
    if change is not None:
        st.session_state[OFFERED] = change.id


def draw_undo() -> None:
    """The last change of this visit, with a button that takes it back."""
    if not (offered := st.session_state.get(OFFERED)):
        return
    change = read_change(offered)
    if change is None:  # undone in another window, or let go
        del st.session_state[OFFERED]
        return
    with st.container(horizontal=True, vertical_alignment="center", border=True, key="undo notice"):
        st.markdown(f":material/history: {plain(told(change))}")
        view.button("Undo", take_back, change.id, icon="undo", key="undo change")
        view.button("Dismiss", dismiss, key="dismiss undo", type="tertiary")


def told(change: Change) -> str:
    """The change as a sentence."""
    did, _, what = change.what.partition(" ")
    return f"{did.capitalize()} {what} · {change.library}"


def take_back(name: str) -> None:
    """Undo a change, and show its library; where it cannot be undone, the reason is kept."""
    if (change := read_change(name)) is None:
        return
    with problem_kept():
        library = undo(change)
        dismiss()
        keys = {concept.key for concept in change.before}
        kept = str(view.get(CONCEPT))
        choose_library(library, next((concept.key for concept in change.before), kept) if keys else kept)


def dismiss() -> None:
    """Offer it no more; it stays among the changes of its library."""
    st.session_state.pop(OFFERED, None)

"""Undo: what was just removed or changed, offered back until it is taken or dismissed."""

import streamlit as st

from expertlens_core.concepts.changes import Change, is_kept
from expertlens_core.concepts.undo import undo
from pages.shared import view
from pages.shared.plain import plain, problem_kept
from pages.shared.selection import CONCEPT, choose_library

OFFERED = "change to undo"


def offer_undo(change: Change | None) -> None:
    """Offer to take a change back; None, for nothing that was taken away, leaves what is offered."""
    if change is not None:
        st.session_state[OFFERED] = change


def draw_undo() -> None:
    """The last change of this visit, with a button that takes it back."""
    change: Change | None = st.session_state.get(OFFERED)
    if change is None:
        return
    if not is_kept(change):  # undone in another window, or let go
        dismiss()
        return
    with st.container(horizontal=True, vertical_alignment="center", border=True, key="undo notice"):
        st.markdown(f":material/history: {plain(told(change))}")
        view.button("Undo", take_back, change, icon="undo", key="undo change")
        view.button("Dismiss", dismiss, key="dismiss undo", type="tertiary")


def told(change: Change) -> str:
    """The change as a sentence."""
    did, _, what = change.what.partition(" ")
    return f"{did.capitalize()} {what} · {change.library}"


def take_back(change: Change) -> None:
    """Undo a change, and show its library; where it cannot be undone, the reason is kept."""
    with problem_kept():
        library = undo(change)
        dismiss()
        choose_library(library, change.before[0].key if change.before else str(view.get(CONCEPT)))


def dismiss() -> None:
    """Offer it no more; it stays among the changes of its library."""
    st.session_state.pop(OFFERED, None)

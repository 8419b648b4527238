"""What every page has in common: notes above it, and one way to say that something cannot be."""

from __future__ import annotations

import contextlib

import streamlit as st

from expertlens_core.errors import InputError
from pages.shared import view
from pages.shared.plain import plain
from pages.shared.problem import show_problem
from pages.shared.selection import selection

NARROW = "<style>[data-testid=stButtonGroup] [role=radiogroup] {flex-wrap: wrap; overflow: visible}</style>"
"""Segments of a control go to a second line where a phone has no room for them."""


def draw_notes() -> None:
    """Notes that were left for the visitor, such as on a link that asks for something unknown."""
    with contextlib.suppress(InputError):
        selection()
    for text in view.take_notes():
        st.warning(plain(text), icon=":material/link_off:")


def explain(problem: str) -> None:
    """Bad input, in one sentence, and the way back."""
    show_problem(problem)
    st.button(
        "Back to the built-in model and library",
        key="start over",
        icon=":material/restart_alt:",
        on_click=start_over,
    )


def start_over() -> None:
    """Every choice as at the start."""
    for field in view.FIELDS.values():
        view.put(field, field.default)


def heading(title: str, question: str) -> None:
    """The page's title, and the question it answers in a line below."""
    # The mark of a link to it would take a line of its own beside a title as wide as a phone.
    st.title(plain(title), anchor=False)
    st.markdown(f":gray[{question}]")

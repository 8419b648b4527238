"""Keeping concepts that were brought, found or written: the library that takes them, and what comes after."""

from collections.abc import Callable, Iterable
from typing import Any

import streamlit as st

from expertlens_core.concepts import Concept, own_libraries
from expertlens_core.concepts.own_library import add_concepts, own_library_name
from expertlens_core.errors import InputError
from pages.shared import view
from pages.shared.choices.concepts import PART
from pages.shared.plain import show_problem
from pages.shared.selection import choose_library


def library_box(key: str, usual: str, column: Any = st) -> str:
    """A box with the user's own libraries and a name for a new one, which it shows first; what it holds."""
    options = list(dict.fromkeys([*own_libraries(), usual, st.session_state.get(key) or usual]))
    column.selectbox(
        "Keep in the library",
        options,
        options.index(usual),
        key=key,
        accept_new_options=True,
        width=360,
        help="A new library, or one of your own, which they join.",
    )
    return str(st.session_state[key] or "")


def keep_concepts(
    typed: str, concepts: Iterable[Concept], after: Callable[[], None] = lambda: None, page: str = ""
) -> None:
    """Put concepts into a library, choose the first, and show it; what is wrong is told here instead.

    Args:
        typed: the library's name as typed.
        concepts: at least one.
        after: called when they are kept.
        page: to go to; empty browses the library.
    """
    kept = list(concepts)
    try:
        name = own_library_name(typed)
        add_concepts(name, kept)
    except InputError as problem:
        show_problem(str(problem))
        return
    after()
    choose_library(name, kept[0].key)
    view.put(PART, "browse")
    if page:
        st.switch_page(page)
    st.toast("Kept.", icon=":material/check:")
    st.rerun()

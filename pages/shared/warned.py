"""Warnings that came with results, and the press that cleans the sentences where formatting is to blame."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

import streamlit as st

from expertlens_core.concepts import Library, clean_library
from expertlens_core.concepts.own_library import add_concepts, clean_own_library, free_name
from expertlens_core.concepts.shelf import own_library_path
from expertlens_core.errors import InputError
from pages.shared import view
from pages.shared.plain import plain
from pages.shared.selection import Selection, choose_library
from pages.shared.undo import offer_undo

CLEANING = (
    "Takes numbering, bullets, markdown, quotation marks around whole sentences, invisible characters, odd spaces and "
    "copies away. Words, case and final punctuation stay."
)


def draw_warnings(chosen: Selection, warned: Mapping[str, Sequence[str]], most: int = 6) -> None:
    """Some warnings (concept → its warnings), the number of the others, and the button that cleans the sentences."""
    told = [f"{concept}: {warning}" for concept, warnings in warned.items() for warning in warnings]
    for text in told[:most]:
        st.warning(plain(text), icon=":material/warning:")
    if len(told) > most:
        st.caption(f"{len(told) - most:,} more warnings on the sentences of {len(warned):,} concepts.")
    if told:
        draw_clean(chosen)


def draw_clean(chosen: Selection) -> None:
    """The button that cleans the whole library; nothing where there is nothing to clean."""
    if not cleanable(chosen.library):
        return
    own = own_library_path(chosen.library_name) is not None
    told = f"{CLEANING} {'It changes' if own else 'It makes a cleaned copy of'} the whole library."
    icon = "cleaning_services"
    view.button("Clean the sentences", _clean, chosen, icon=icon, key="clean sentences", help=told)


@lru_cache(maxsize=8)
def cleanable(library: Library) -> bool:
    return clean_library(library) != library


def _clean(chosen: Selection) -> None:
    name = chosen.library_name
    try:
        if own_library_path(name):
            offer_undo(clean_own_library(name))
        else:
            name = free_name(f"{chosen.library.name}-cleaned")
            add_concepts(name, clean_library(chosen.library))
    except InputError as problem:
        view.note(str(problem))
        return
    choose_library(name, chosen.concept.key)

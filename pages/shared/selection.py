"""The one selection that pages share: model, library, concept, tau. Kept in the link."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from expertlens_core.concepts import Library
from expertlens_core.errors import InputError
from expertlens_core.experts import DEFAULT_TAU
from pages.shared.loading import load_library
from pages.shared.plain import plain

DEFAULT_MODEL = "microworld"
DEFAULT_LIBRARY = "microworld"
DEFAULT_CONCEPT = "cat"


@dataclass(frozen=True)
class Selection:
    """What is looked at."""

    model: str
    library: Library
    library_name: str
    concept: str


def select() -> Selection:
    """Draw the sidebar's pickers and return what they hold; ends the page with a sentence on bad input."""
    explain_link()
    with st.sidebar:
        model = st.text_input(
            "Model",
            DEFAULT_MODEL,
            key="model",
            bind="query-params",
            help="`microworld` is embedded. Or give a hub id such as `EleutherAI/pythia-70m`, or the path of a "
            "local folder with safetensors weights.",
        ).strip()
        name = st.text_input(
            "Library",
            DEFAULT_LIBRARY,
            key="library",
            bind="query-params",
            help="A library is a collection of concepts, each with sentences about it. `microworld` is built "
            "in. Or give the path of a folder in ml-selfcond's layout, or of a .json, .jsonl or .csv file.",
        ).strip()
    try:
        library = load_library(name or DEFAULT_LIBRARY)
    except InputError as error:
        st.error(plain(str(error)), icon=":material/error:")
        st.stop()
    default = library.keys.index(DEFAULT_CONCEPT) if DEFAULT_CONCEPT in library else 0
    with st.sidebar:
        concept = st.selectbox(
            "Concept",
            library.keys,
            index=default,
            key="concept",
            format_func=lambda key: f"{key} · {library[key].domain}" if library[key].domain else key,
            help="What the sentences share. Type to search.",
        )
    remember(concept, library.keys[default])
    return Selection(model or DEFAULT_MODEL, library, name or DEFAULT_LIBRARY, concept)


def explain_link() -> None:
    """Take the link's values over once, before any widget is drawn, and say which ones are unknown."""
    if st.session_state.get("link read"):
        return
    st.session_state["link read"] = True
    link = st.query_params
    wanted = link.get("concept")
    if wanted is None:
        return
    try:
        library = load_library(link.get("library", DEFAULT_LIBRARY))
    except InputError:
        return
    if wanted in library:
        st.session_state["concept"] = wanted
    else:
        st.session_state["link note"] = (
            f"The link asks for the concept {wanted!r}, which the library {library.name!r} does not have: "
            "showing another one. Pick yours in the sidebar."
        )


def remember(concept: str, default: str) -> None:
    """Write the concept into the link when it is not the default, and show the note about the link once."""
    if concept != default:
        st.query_params["concept"] = concept
    elif "concept" in st.query_params:
        del st.query_params["concept"]
    note = st.session_state.pop("link note", None)
    if note:
        st.warning(plain(note), icon=":material/link_off:")


def tau_slider(ap_max: float) -> float:
    """The threshold on AP."""
    return st.slider(
        "tau",
        0.05,
        0.99,
        DEFAULT_TAU,
        0.01,
        key="tau",
        bind="query-params",
        help="A unit is an expert when its average precision (AP) lies strictly above tau. The paper uses 0.5. "
        f"The best unit here has an AP of {ap_max:.2f}.",
    )

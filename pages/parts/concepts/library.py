"""What can be done with a library or one of its concepts: take away, rename, edit, remove."""

import io
import zipfile
from functools import partial

import streamlit as st

from expertlens_core.concepts import Library, remove_own_library, safe_name
from expertlens_core.concepts.draft import draft_of, write_draft
from expertlens_core.concepts.formats.json_formats import write_json
from expertlens_core.concepts.formats.selfcond_folder import selfcond_files
from expertlens_core.concepts.formats.table import write_csv
from expertlens_core.concepts.own_library import own_library_name, remove_concept, rename_library
from expertlens_core.concepts.shelf import own_library_path
from pages.shared import view
from pages.shared.choices.concepts import DRAFT, PART
from pages.shared.plain import problem_kept
from pages.shared.selection import LIBRARY, Selection, choose_library

FORMS = {
    "json": ("JSON", "application/json"),
    "csv": ("CSV", "text/csv"),
    "zip": ("ml-selfcond folder (zip)", "application/zip"),
}
"""Ending of a file of the whole library → its label, and its MIME type."""


def library_file(library: Library, form: str) -> bytes:
    """The library as one JSON document, as a long CSV table, or as ml-selfcond's folder in a zip file."""
    target = io.BytesIO()
    match form:
        case "json":
            write_json(library, target)
        case "csv":
            write_csv(library, target)
        case _:
            with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
                for name, content in selfcond_files(library):
                    packed.writestr(f"{safe_name(library.name)}/{name}", content)
    return target.getvalue()


def draw_library_actions(chosen: Selection) -> None:
    """Downloads of any library; for one of the user's own also another name, and removal."""
    library = chosen.library
    with st.popover("Download the library", icon=":material/download:"):
        st.caption("All concepts with all their sentences, for another machine or another program.")
        for form, (label, mime) in FORMS.items():
            file = partial(library_file, library, form)
            name = f"{safe_name(library.name)}.{form}"
            st.download_button(label, file, name, mime, key=f"take {form}", on_click="ignore")
    if own_library_path(chosen.library_name) is None:
        return
    with st.popover("Change the library", icon=":material/edit:"):
        st.text_input("New name", key="new library name", placeholder=chosen.library_name)
        view.button("Rename", _rename, chosen.library_name, chosen.concept.key)
        st.divider()
        st.caption(
            f"Removes its {len(library):,} concepts with their sentences from this machine. Results that were "
            "found stay in the cache. This cannot be undone: download the library first if in doubt."
        )
        view.button("Remove the library for good", _remove_library, chosen.library_name, icon="delete")


def draw_concept_actions(chosen: Selection, own: bool) -> None:
    """Edit or copy the concept; remove it from a library of the user's own."""
    told = "Opens a copy as a draft of your own; the library it comes from stays as it is."
    if own:
        told = "Opens it as a draft. Nothing changes until you save."
    label = "Edit" if own else "Copy to edit"
    view.button(label, _edit, chosen, own, icon="edit_note", key="edit concept", help=told)
    if own:
        with st.popover("Remove", icon=":material/delete:"):
            st.caption("Takes this concept and its sentences out of the library. This cannot be undone.")
            name, key = chosen.library_name, chosen.concept.key
            view.button("Remove the concept for good", _remove_concept, name, key)


def _edit(chosen: Selection, own: bool) -> None:
    concept = chosen.concept
    with problem_kept():
        draft = write_draft(draft_of(concept, chosen.library_name if own else "", concept.key if own else ""))
        view.put(DRAFT, draft.id)
        view.put(PART, "write")


def _rename(name: str, concept: str) -> None:
    with problem_kept():
        new = own_library_name(st.session_state["new library name"])
        rename_library(name, new)
        choose_library(new, concept)


def _remove_library(name: str) -> None:
    remove_own_library(name)
    choose_library(LIBRARY.default)


def _remove_concept(name: str, key: str) -> None:
    with problem_kept():
        choose_library(name if remove_concept(name, key) else LIBRARY.default)

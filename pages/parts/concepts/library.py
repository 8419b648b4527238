"""What can be done with a library or one of its concepts: take away, rename, copy, edit, remove, and undo."""

import time
from datetime import datetime
from functools import partial

import streamlit as st

from expertlens_core.concepts import Library, safe_name
from expertlens_core.concepts.changes import changes, library_state_of, state_of
from expertlens_core.concepts.draft import Draft, draft_of, new_draft_id, write_draft
from expertlens_core.concepts.library_files import library_bytes
from expertlens_core.concepts.own_library import (
    copy_library,
    duplicate_concept,
    free_name,
    own_library_name,
    remove_concept,
    remove_library,
    rename_library,
)
from expertlens_core.concepts.shelf import own_library_path
from expertlens_core.pipeline import Plan
from expertlens_core.pipeline.finding.pool import carry_pool
from pages.parts.concepts.pool import draw_pool
from pages.shared import view
from pages.shared.choices.concepts import DRAFT, PART
from pages.shared.plain import plain, problem_kept
from pages.shared.selection import LIBRARY, Selection, choose_library
from pages.shared.services import services
from pages.shared.undo import offer_undo, take_back, told

FORMS = {
    "json": ("JSON", "application/json"),
    "jsonl": ("JSON Lines", "application/jsonl"),
    "csv": ("CSV", "text/csv"),
    "parquet": ("Parquet", "application/vnd.apache.parquet"),
    "zip": ("ml-selfcond folder (zip)", "application/zip"),
}
"""Ending of a file of the whole library → its label, and its MIME type."""
MOST_CHANGES = 8
"""Changes that are offered to be undone."""


def library_file(library: Library, form: str) -> bytes:
    """The library as one file in one of `FORMS`."""
    return library_bytes(library, f"x.{form}")


def draw_library_actions(chosen: Selection, plan: Plan | None) -> None:
    """Managing it, its downloads, and its negative pool."""
    library = chosen.library
    told, look = "Copy, rename or remove this library; undo.", ":material/folder_managed:"
    with st.popover("Manage", icon=look, help=told, key="manage library", on_change="rerun") as popover:
        if popover.open:
            _manage(chosen)
    with st.popover("Download", icon=":material/download:"):
        st.caption(
            "All concepts with all their sentences as one file, for another machine or another program."
        )
        for form, (label, mime) in FORMS.items():
            file = partial(library_file, library, form)
            name = f"{safe_name(library.name)}.{form}"
            st.download_button(label, file, name, mime, key=f"take {form}", on_click="ignore")
    draw_pool(chosen, plan)


def _manage(chosen: Selection) -> None:
    own, name = own_library_path(chosen.library_name) is not None, chosen.library_name
    kind = "A library of your own" if own else "This library stays as it is; a copy is yours to edit"
    st.caption(f"{kind}: {len(chosen.library):,} concepts.")
    typed = "copy named" if not own else "new library name"
    told = "Of the copy; left empty, one is found."
    if own:
        st.text_input("New name", key=typed, placeholder=name)
        with st.container(horizontal=True):
            view.button("Rename", _rename, name, chosen.concept.key, icon="edit")
            view.button(
                "Duplicate", _copy, chosen, typed, icon="content_copy", help="All of it, under the new name."
            )
    else:
        st.text_input("Name of the copy", key=typed, placeholder=free_name(chosen.library.name), help=told)
        view.button("Duplicate", _copy, chosen, typed, icon="content_copy", key="duplicate library")
    told = "Opens an empty concept; its library is made when you save it."
    view.button("New library", _new, icon="add", key="new library", help=told)
    if own:
        state = library_state_of(chosen.library.concepts)
        told = "Results that were found stay in the cache, and Undo brings the library back."
        view.button(
            "Remove the library", _remove_library, name, state, icon="delete", key="remove library", help=told
        )
    _recent()


def _recent() -> None:
    """What was removed or changed of late, to take back."""
    found = changes(most=MOST_CHANGES)
    if not found:
        return
    st.divider()
    st.caption(
        "Removed or changed before:", help=f"The last {MOST_CHANGES}; 'concepts undo --list' shows all."
    )
    for change in found:
        with st.container(horizontal=True, vertical_alignment="center"):
            when = datetime.fromtimestamp(change.when)
            day = "" if time.time() - change.when < 43200 else when.strftime("%d %b ")
            st.markdown(plain(f"{day}{when:%H:%M} {told(change)}"))
            view.button("Undo", take_back, change, key=f"undo {change.id}", type="tertiary", icon="undo")


def draw_concept_actions(chosen: Selection, own: bool) -> None:
    """Edit or copy the concept; remove it from a library of the user's own."""
    told = "Opens a copy as a draft of your own; the library it comes from stays as it is."
    if own:
        told = "Opens it as a draft. Nothing changes until you save."
    label = "Edit" if own else "Copy to edit"
    view.button(label, _edit, chosen, own, icon="edit_note", key="edit concept", help=told)
    if own:
        name, concept = chosen.library_name, chosen.concept
        told = "A copy beside it in this library, with another sense."
        view.button(
            "Duplicate", _duplicate, name, concept.key, icon="content_copy", key="copy concept", help=told
        )
        told = "Takes it out of the library; Undo brings it back."
        state = state_of(concept)
        view.button(
            "Remove",
            _remove_concept,
            name,
            concept.key,
            state,
            icon="delete",
            key="remove concept",
            help=told,
        )


def _edit(chosen: Selection, own: bool) -> None:
    concept = chosen.concept
    with problem_kept():
        draft = write_draft(draft_of(concept, chosen.library_name if own else "", concept.key if own else ""))
        view.put(DRAFT, draft.id)
        view.put(PART, "write")


def _new() -> None:
    with problem_kept():
        draft = write_draft(Draft(new_draft_id(), library=free_name("my concepts")))
        view.put(DRAFT, draft.id)
        view.put(PART, "write")


def _copy(chosen: Selection, typed: str) -> None:
    with problem_kept():
        text = st.session_state.get(typed, "")
        name = own_library_name(text) if text.strip() else free_name(chosen.library.name)
        copy_library(chosen.library, name)
        choose_library(name, chosen.concept.key)


def _rename(name: str, concept: str) -> None:
    with problem_kept():
        new = own_library_name(st.session_state["new library name"])
        offer_undo(rename_library(name, new))
        carry_pool(name, new, services().artefacts)
        choose_library(new, concept)


def _remove_library(name: str, state: str) -> None:
    with problem_kept():
        offer_undo(remove_library(name, state))
        choose_library(LIBRARY.default)


def _duplicate(name: str, key: str) -> None:
    with problem_kept():
        choose_library(name, duplicate_concept(name, key).key)


def _remove_concept(name: str, key: str, state: str) -> None:
    with problem_kept():
        offer_undo(remove_concept(name, key, state))
        choose_library(name if own_library_path(name) else LIBRARY.default)

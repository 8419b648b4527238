"""The draft a visitor is writing: kept at each change, found again by its id in the link."""

from dataclasses import replace
from typing import Any

import streamlit as st

from expertlens_core.concepts import own_libraries
from expertlens_core.concepts.draft import (
    Draft,
    DraftConflict,
    concept_of,
    new_draft_id,
    read_draft,
    remove_draft,
    write_draft,
)
from expertlens_core.concepts.own_library import (
    ConceptChanged,
    add_concepts,
    own_library_name,
    replace_concept,
)
from expertlens_core.concepts.shelf import own_library_path
from pages.shared import view
from pages.shared.choices.concepts import DRAFT
from pages.shared.loading import load_library
from pages.shared.plain import PROBLEM, problem_kept
from pages.shared.selection import LIBRARY, choose_library
from pages.shared.typing import send_when_typed
from pages.shared.undo import offer_undo

HELD, PENDING, COPIED = "draft held", "draft pending", "draft copied"
TYPED = ("name", "domain", "sense", "positives", "negatives", "library", "broader", "related")
DEFAULT_LIBRARY = "my-concepts"


def current() -> Draft:
    """The draft that is open: the link's, else an empty one, which is written when something is typed."""
    asked = view.get(DRAFT)
    name = asked or st.session_state.setdefault(PENDING, new_draft_id())
    held = st.session_state.get(HELD)
    if held is None or held.id != name:
        held = read_draft(name)
        if held is None and asked:
            view.put(DRAFT, "")
            st.session_state[PROBLEM] = (
                "The draft in the link is not kept any more (it was saved or thrown away): an empty one is open."
            )
            return current()
        held = st.session_state[HELD] = held or Draft(name)
    return held


def tied(draft: Draft, field: str) -> dict[str, Any]:
    """Arguments that tie a widget to a field of the draft.

    The draft's text is the widget's default, which every run sends along. Put into the session state it would be sent
    once, and lost where the next run begins at once: the browser would then answer with an empty text.
    """
    return {"key": widget(draft, field), "on_change": keep, "value": getattr(draft, field)}


def widget(draft: Draft, field: str) -> str:
    """Key of a field's widget."""
    return f"draft {draft.id} {field}"


def keep() -> None:
    """Write down what was typed. Called at each change and at each run, so there is nothing to press."""
    view.finish(_keep)


def _keep() -> None:
    state = st.session_state
    if HELD not in state:
        return
    draft = current()
    keys = {field: widget(draft, field) for field in TYPED}
    typed: dict[str, Any] = {field: state[key] or "" for field, key in keys.items() if key in state}
    if not draft.library and typed.get("library") == target(draft):
        typed.pop("library")  # offered, not chosen: looking at a draft does not change it
    new = replace(draft, **typed)
    if new == draft or (new.blank and not draft.revision):
        return
    with problem_kept():
        new = _written(new)
    if new.id != draft.id:
        state[COPIED] = draft.id
    state[HELD] = new
    view.put(DRAFT, new.id)


def _written(draft: Draft) -> Draft:
    """The draft on disk; a copy of its own where another window has changed the file meanwhile."""
    try:
        return write_draft(draft)
    except DraftConflict:
        there = read_draft(draft.id)
        if there and all(getattr(there, field) == getattr(draft, field) for field in TYPED):
            return there
        return write_draft(replace(draft, id=new_draft_id(), revision=0))


def open_draft(name: str = "") -> None:
    """Open a draft, or with no name a new one."""
    for key in (HELD, PENDING, COPIED):
        st.session_state.pop(key, None)
    view.put(DRAFT, name)


def throw_away(name: str) -> None:
    """Remove a draft for good, and open an empty one if it was the open one."""
    remove_draft(name)
    if current().id == name:
        open_draft()


def target(draft: Draft) -> str:
    """The library the concept goes to when none was chosen: the one at hand if it is the user's own."""
    if draft.library:
        return draft.library
    if own_library_path(view.get(LIBRARY)):
        return str(view.get(LIBRARY))
    return next(iter(own_libraries()), DEFAULT_LIBRARY)


def save() -> None:
    """Put the concept into its library, choose it, and let the draft go.

    Raises:
        InputError: when it is no concept yet, or the library holds another of its name; where the concept that it edits
            was changed or removed elsewhere meanwhile, the draft stays as one of its own.
    """
    draft = current()
    name = own_library_name(target(draft))
    edits = bool(draft.replaces) and name == (draft.home or name)
    there = load_library(name) if edits and own_library_path(name) else ()
    former = next((concept for concept in there if concept.key == draft.replaces), None)
    concept = concept_of(draft, former)
    if edits and (former or draft.former):
        try:
            offer_undo(replace_concept(name, draft.replaces, concept, draft.former))
        except ConceptChanged:
            st.session_state[HELD] = write_draft(replace(draft, replaces="", former="", home=""))
            raise
    else:
        add_concepts(name, [concept])
    remove_draft(draft.id)
    open_draft()
    choose_library(name, concept.key)


def autosave() -> None:
    """Send the page's text areas after each pause in typing: by itself Streamlit does it only when one is left."""
    send_when_typed()

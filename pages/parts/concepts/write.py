"""Writing a concept of one's own: a name, sentences with it, perhaps sentences without it."""

from __future__ import annotations

import streamlit as st

from expertlens_core.concepts import (
    Concept,
    NegativePool,
    draw_negatives,
    neutral_pool,
    own_libraries,
    pool_for,
)
from expertlens_core.concepts.draft import Draft, clean_text, left_out, lines, repeated_lines
from expertlens_core.concepts.health import health
from expertlens_core.concepts.shelf import own_library_path
from expertlens_core.errors import InputError
from expertlens_core.pipeline import FindRequest
from pages.parts.concepts.autosave import autosave
from pages.parts.concepts.draft import (
    COPIED,
    DEFAULT_LIBRARY,
    PROBLEM,
    ago,
    current,
    keep,
    open_draft,
    others,
    save,
    target,
    throw_away,
    tied,
    widget,
)
from pages.parts.concepts.health import draw_health
from pages.shared import view
from pages.shared.choices.concepts import PART
from pages.shared.loading import load_library
from pages.shared.plain import plain, show_problem
from pages.shared.warned import CLEANING

EXAMPLE = (
    "The lighthouse blinked twice and went dark.\n"
    "A keeper climbed the white tower above the rocks every evening.\n"
    "Ships were guided past the cliffs by its turning beam."
)
MOST_DRAFTS = 12


def draw_write() -> None:
    """The form, what its sentences are worth, and the buttons that use them."""
    draft = current()
    _notes(draft)
    left, middle, right = st.columns([2, 2, 2])
    left.text_input("Name", placeholder="lighthouse", max_chars=200, live="0.6s", **tied(draft, "name"))
    middle.text_input(
        "Domain (optional)",
        placeholder="buildings",
        max_chars=200,
        help="A group of concepts that belong together.",
        live="0.6s",
        **tied(draft, "domain"),
    )
    right.text_input(
        "Sense (optional)",
        placeholder="tower with a light",
        max_chars=200,
        help="Tells two readings of one name apart, such as bank (river) and bank (money).",
        live="0.6s",
        **tied(draft, "sense"),
    )
    left, right = st.columns([3, 2])
    left.text_area(
        "Sentences with the concept, one per line",
        height=260,
        placeholder=EXAMPLE,
        help="20 or more give results that are not mostly luck; 400 are usual. Some should not contain the name.",
        **tied(draft, "positives"),
    )
    right.text_area(
        "Sentences without it, one per line (optional)",
        height=260,
        placeholder="Left empty, they are drawn from other concepts or from everyday sentences.",
        help="Alike in style and length, but about other things. 50 or more; 1,000 are usual.",
        **tied(draft, "negatives"),
    )
    autosave()
    draft = current()
    _health(draft)
    _library(draft)
    _buttons()


def _notes(draft: Draft) -> None:
    if problem := st.session_state.pop(PROBLEM, ""):
        show_problem(problem)
    if st.session_state.get(COPIED):
        st.warning(
            "This draft was changed in another window meanwhile. What you typed here is kept as a draft of its own; "
            "the other one is under Drafts.",
            icon=":material/content_copy:",
        )
    with st.container(horizontal=True, vertical_alignment="center"):
        if draft.replaces:
            st.markdown(f"Editing **{plain(draft.replaces)}** of the library **{plain(draft.library)}**.")
        st.caption(
            f"Draft kept {ago(draft.written)}; it survives a reload, and its link opens it again."
            if draft.revision
            else "What you type is kept as a draft at once, without saving."
        )
        waiting = others(draft)
        if waiting:
            with st.popover(f"Drafts ({len(waiting)})", icon=":material/edit_note:"):
                for other in waiting[:MOST_DRAFTS]:
                    st.button(
                        f"{plain(_title(other))} · {len(lines(other.positives))} sentences · {ago(other.written)}",
                        key=f"open draft {other.id}",
                        on_click=open_draft,
                        args=(other.id,),
                    )
                if len(waiting) > MOST_DRAFTS:
                    st.caption(f"{len(waiting) - MOST_DRAFTS} older ones follow when these are gone.")
        if not draft.blank:
            st.button("New draft", icon=":material/add:", on_click=open_draft)
            with st.popover("Throw away", icon=":material/delete:"):
                st.caption("Removes this draft with all that was typed. This cannot be undone.")
                st.button("Throw this draft away", on_click=throw_away, args=(draft.id,))


def _title(draft: Draft) -> str:
    name = " ".join(draft.name.split())[:40]
    return name or "without a name"


def _health(draft: Draft) -> None:
    """What the sentences are worth, before anything is computed."""
    positives, negatives = lines(draft.positives), lines(draft.negatives)
    if not positives:
        return
    name = draft.name.strip() or "your concept"
    concept = Concept(name, positives, negatives or None, sense=draft.sense.strip())
    source = ""
    if not negatives:
        pool = _pool(target(draft))
        source = pool.name
        count = FindRequest().drawn(concept)
        negatives = tuple(pool.sentences[row] for row in draw_negatives(pool, concept, count))
    draw_health(health(concept.key, draft.name.strip(), positives, negatives, source), source=source)
    if repeated := repeated_lines(draft.positives) + repeated_lines(draft.negatives):
        st.caption(
            f"{repeated:,} {'line stands' if repeated == 1 else 'lines stand'} there already: each sentence is "
            "used once."
        )
    if out := left_out(draft.positives) + left_out(draft.negatives):
        st.caption(
            plain(f"Left out, for they are no sentences: {', '.join(f'“{line[:80]}”' for line in out[:5])}")
        )
    if any(clean_text(text) != "\n".join(lines(text)) for text in (draft.positives, draft.negatives)):
        st.button(
            "Clean the sentences",
            key="clean draft",
            icon=":material/cleaning_services:",
            on_click=_clean,
            args=(draft,),
            help=CLEANING,
        )


def _clean(draft: Draft) -> None:
    for field in ("positives", "negatives"):
        st.session_state[widget(draft, field)] = clean_text(getattr(draft, field))
    keep()


def _pool(library: str) -> NegativePool:
    """Where negatives would be drawn from."""
    try:
        return pool_for(load_library(library)) if own_library_path(library) else neutral_pool()
    except InputError:
        return neutral_pool()


def _library(draft: Draft) -> None:
    key = widget(draft, "library")
    if key not in st.session_state:
        st.session_state[key] = target(draft)
    names = dict.fromkeys([*own_libraries(), DEFAULT_LIBRARY, st.session_state[key] or DEFAULT_LIBRARY])
    st.selectbox(
        "Keep it in the library",
        list(names),
        key=key,
        on_change=keep,
        accept_new_options=True,
        width=360,
        help="One of your own libraries, or type the name of a new one. They are kept on this machine, apart from "
        "the cache.",
    )


def _buttons() -> None:
    with st.container(horizontal=True):
        find = st.button(
            "Find its experts",
            type="primary",
            icon=":material/play_arrow:",
            help="Saves the concept, and goes to the Experts page, where the model reads its sentences.",
        )
        only_save = st.button("Save", icon=":material/save:", help="Puts it into the library.")
    if not (find or only_save):
        return
    try:
        save()
    except InputError as problem:
        show_problem(str(problem))
        return
    if find:
        st.switch_page("experts.py")
    st.toast("Saved.", icon=":material/check:")
    view.put(PART, "browse")
    st.rerun()

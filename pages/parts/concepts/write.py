"""Writing a concept of one's own: a name, sentences with it, perhaps sentences without it."""

import contextlib
import time
from functools import partial
from typing import Any

import streamlit as st

from expertlens_core.concepts import Concept, neutral_pool, own_libraries, pool_for
from expertlens_core.concepts.checks import Finding, mended
from expertlens_core.concepts.draft import Draft, clean_text, drafts, left_out, lines, repeated_lines
from expertlens_core.concepts.health import health
from expertlens_core.concepts.shelf import own_library_path
from expertlens_core.errors import InputError
from expertlens_core.pipeline import FindRequest
from pages.parts.concepts import draft as typed
from pages.parts.concepts.check import checked, draw_findings
from pages.parts.concepts.sentences import draw_health
from pages.shared import view
from pages.shared.choices.concepts import PART
from pages.shared.loading import load_library
from pages.shared.plain import draw_problem, plain, problem_kept, show_problem
from pages.shared.warned import CLEANING

EXAMPLE = (
    "The lighthouse blinked twice and went dark.\n"
    "A keeper climbed the white tower above the rocks every evening.\n"
    "Ships were guided past the cliffs by its turning beam."
)
MOST_DRAFTS = 12


def draw_write() -> None:
    """The form, what its sentences are worth, and the buttons that use them."""
    draft = typed.current()
    draw_problem()
    _notes(draft)

    def short(
        column: Any, label: str, field: str, example: str, told: str | None = None, most: int = 200
    ) -> None:
        tied = typed.tied(draft, field)
        column.text_input(label, placeholder=example, max_chars=most, help=told, live="0.6s", **tied)

    left, middle, right = st.columns([2, 2, 2])
    short(left, "Name", "name", "lighthouse")
    short(middle, "Domain (optional)", "domain", "buildings", "A group of concepts that belong together.")
    told = "Tells two readings of one name apart, such as bank (river) and bank (money)."
    short(right, "Sense (optional)", "sense", "tower with a light", told)
    left, right = st.columns([2, 4])
    told = "The concept it is a kind of, as animal is for cat: sentences about a cat are then no negatives of animal."
    short(left, "Broader concept (optional)", "broader", "building", told)
    told = "Words that texts about it use, parted by commas; steered texts are judged by them."
    short(right, "Related words (optional)", "related", "keeper, beam, coast", told, 5000)
    left, right = st.columns([3, 2])
    left.text_area(
        "Sentences with the concept, one per line",
        height=260,
        placeholder=EXAMPLE,
        help="20 or more give results that are not mostly luck; 400 are usual. Some should not contain the name.",
        **typed.tied(draft, "positives"),
    )
    right.text_area(
        "Sentences without it, one per line (optional)",
        height=260,
        placeholder="Left empty, they are drawn from other concepts or from everyday sentences.",
        help="Alike in style and length, but about other things. 50 or more; 1,000 are usual.",
        **typed.tied(draft, "negatives"),
    )
    typed.autosave()
    draft = typed.current()
    _health(draft)
    _library(draft)
    _buttons()


def _notes(draft: Draft) -> None:
    if st.session_state.get(typed.COPIED):
        st.warning(
            "This draft was changed in another window meanwhile. What you typed here is kept as a draft of its own; "
            "the other one is under Drafts.",
            icon=":material/content_copy:",
        )
    with st.container(horizontal=True, vertical_alignment="center"):
        if draft.replaces:
            st.markdown(
                f"Editing **{plain(draft.replaces)}** of the library **{plain(draft.home or draft.library)}**."
            )
        st.caption(
            f"Draft kept {_ago(draft.written)}; it survives a reload, and its link opens it again."
            if draft.revision
            else "What you type is kept as a draft at once, without saving."
        )
        others = [other for other in drafts() if other.id != draft.id and not other.blank]
        if others:
            with st.popover(f"Drafts ({len(others)})", icon=":material/edit_note:"):
                for other in others[:MOST_DRAFTS]:
                    name = plain(" ".join(other.name.split())[:40] or "without a name")
                    label = f"{name} · {len(lines(other.positives))} sentences · {_ago(other.written)}"
                    view.button(label, typed.open_draft, other.id, key=f"open draft {other.id}")
                if len(others) > MOST_DRAFTS:
                    st.caption(f"{len(others) - MOST_DRAFTS} older ones follow when these are gone.")
        if not draft.blank:
            view.button("New draft", typed.open_draft, icon="add")
            with st.popover("Throw away", icon=":material/delete:"):
                st.caption("Removes this draft with all that was typed. This cannot be undone.")
                view.button("Throw this draft away", typed.throw_away, draft.id)


def _ago(when: float) -> str:
    """How long ago, in words."""
    seconds = max(0.0, time.time() - when)
    for size, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= size:
            count = int(seconds // size)
            return f"{count} {unit}{'' if count == 1 else 's'} ago"
    return "just now"


def _health(draft: Draft) -> None:
    """The health of the sentences, before anything is computed."""
    positives, negatives = lines(draft.positives), lines(draft.negatives)
    if not positives:
        return
    name = draft.name.strip()
    concept = Concept(name or "your concept", positives, negatives or None, sense=draft.sense.strip())
    library, pool = None, neutral_pool()
    with contextlib.suppress(InputError):
        if own_library_path(target := typed.target(draft)):
            library = load_library(target)
            pool = pool_for(library)
    sets, findings = checked(concept, library, pool, FindRequest().drawn(concept), 0)
    draw_health(health(name, positives, sets.negatives), source=sets.source)
    draw_findings(findings, name or "your concept", "Mend it", partial(_mend, draft, concept))
    texts = (draft.positives, draft.negatives)
    if repeated := sum(map(repeated_lines, texts)):
        stand = "line stands" if repeated == 1 else "lines stand"
        st.caption(f"{repeated:,} {stand} there already: each sentence is used once.")
    if out := [f"“{line[:80]}”" for text in texts for line in left_out(text)]:
        st.caption(plain(f"Left out, for they are no sentences: {', '.join(out[:5])}"))
    if any(clean_text(text) != "\n".join(lines(text)) for text in texts):
        icon = "cleaning_services"
        view.button("Clean the sentences", _clean, draft, icon=icon, key="clean draft", help=CLEANING)


def _mend(draft: Draft, concept: Concept, finding: Finding) -> None:
    with problem_kept():
        better = mended(concept, [finding])
        for field, sentences in (("positives", better.positives), ("negatives", better.negatives or ())):
            st.session_state[typed.widget(draft, field)] = "\n".join(sentences)
        typed.keep()


def _clean(draft: Draft) -> None:
    for field in ("positives", "negatives"):
        st.session_state[typed.widget(draft, field)] = clean_text(getattr(draft, field))
    typed.keep()


def _library(draft: Draft) -> None:
    key = typed.widget(draft, "library")
    target = typed.target(draft)
    choices = list(
        dict.fromkeys([*own_libraries(), typed.DEFAULT_LIBRARY, target, st.session_state.get(key) or target])
    )
    st.selectbox(
        "Keep it in the library",
        choices,
        choices.index(target),
        key=key,
        on_change=typed.keep,
        accept_new_options=True,
        width=360,
        help="One of your own libraries, or type the name of a new one. They are kept on this machine, apart from "
        "the cache.",
    )


def _buttons() -> None:
    above = st.container()
    with st.container(horizontal=True):
        told = "Saves the concept, and goes to the Experts page, where the model reads its sentences."
        find = view.button("Find its experts", type="primary", icon="play_arrow", help=told)
        only_save = view.button("Save", icon="save", help="Puts it into the library.")
    if not (find or only_save):
        return
    try:
        typed.save()
    except InputError as problem:
        with above:
            show_problem(str(problem))
        return
    if find:
        st.switch_page("experts.py")
    st.toast("Saved.", icon=":material/check:")
    view.put(PART, "browse")
    st.rerun()

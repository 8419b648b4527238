"""The negative pool of a library: what it is, its sentences, and building, bringing or taking it."""

from functools import partial
from html import escape

import streamlit as st

from expertlens_core.concepts import NegativePool, safe_name
from expertlens_core.concepts.pool_file import parse_pool, pool_bytes
from expertlens_core.errors import InputError
from expertlens_core.pipeline import LibraryPool, Plan, library_pool, outgrown, rebuild_pool, take_pool
from pages.shared import view
from pages.shared.plain import plain, problem_kept, show_problem
from pages.shared.selection import Selection
from pages.shared.services import services

MEGABYTES = 32
SHOWN = 6
SOURCES = {
    "own": "Its own: sentences of this library's concepts, frozen, so that new concepts change nobody's result.",
    "neutral": "The neutral pool: everyday sentences that come with the program. They differ in style from yours, so "
    "experts may be experts of style. A library of five concepts or more can have its own.",
    "file": "A file of yours.",
}
HELP = "Where the sentences without a concept are drawn from, for concepts that bring none of their own."
TURN = "pool turn"


def draw_pool(chosen: Selection, plan: Plan | None) -> None:
    """A popover that is filled when it is opened; a dot tells that the library outgrew the neutral pool."""
    if plan is None:
        return  # the page tells what is wrong with the library
    label = "Negative pool :orange[●]" if outgrown(plan) else "Negative pool"
    with st.popover(
        label, icon=":material/inbox:", help=HELP, key="negative pool", on_change="rerun"
    ) as popover:
        if not popover.open:
            return
        seen = library_pool(plan, services().run(library=chosen.library))
        if seen is None:
            st.info("Every concept here brings negatives of its own: there is no pool to draw from.")
            return
        _about(seen, len(chosen.library))
        _sentences(seen)
        _change(chosen, seen)


def _about(seen: LibraryPool, concepts: int) -> None:
    name = f" It is called {plain(seen.pool.name)}." if seen.source == "file" else ""
    st.markdown(SOURCES[seen.source] + name)
    parts = [f"**{len(seen.pool):,}** sentences"]
    if seen.owners:
        parts.append(f"from **{len(seen.owners):,}** concepts")
    parts.append(f"**{len(seen.drawing):,}** of {concepts:,} concepts draw from it")
    st.markdown(" · ".join(parts))
    if seen.outgrown:
        st.warning(
            "The library has grown: its own sentences are enough for a pool of its own now. Rebuild it below.",
            icon=":material/trending_up:",
        )


def _sentences(seen: LibraryPool) -> None:
    sought = (
        st.text_input("Containing", key="pool sought", placeholder="a word or a part of one")
        .strip()
        .casefold()
    )
    rows = [row for row, sentence in enumerate(seen.pool.sentences) if sought in sentence.casefold()]
    items = "".join(
        f"<li>{escape(seen.pool.sentences[row])} <span style='opacity:.55'>{escape(seen.pool.owners[row])}</span></li>"
        for row in rows[:SHOWN]
    )
    st.html(f"<ol style='margin:0;padding-left:2rem;overflow-wrap:anywhere'>{items}</ol>")
    st.caption(f"{min(SHOWN, len(rows)):,} of {len(rows):,} sentences.")


def _change(chosen: Selection, seen: LibraryPool) -> None:
    if not seen.current:
        names = ", ".join(seen.concerned[:5]) + (" …" if len(seen.concerned) > 5 else "")
        told = (
            f"Computed again when they are asked for: the results of {len(seen.concerned):,} concepts ({names})."
            if seen.concerned
            else "No result that is there depends on it."
        )
        st.caption(plain(f"From the present sentences: {len(seen.rebuilt):,} sentences. {told}"))
    why = "It is what the present sentences give already." if seen.current else "New concepts join it then."
    label = "Rebuild from the present sentences"
    view.button(label, _rebuild, chosen, key="rebuild pool", icon="refresh", disabled=seen.current, help=why)
    file = partial(pool_bytes, seen.pool)
    name = f"pool of {safe_name(chosen.library.name)}.jsonl"
    st.download_button(
        "Download the pool", file, name, "application/jsonl", key="take pool", on_click="ignore"
    )
    turn = st.session_state.setdefault(TURN, 0)
    told = "A pool as it is downloaded here (.jsonl), or a text with one sentence per line (.txt)."
    brought = st.file_uploader(
        "Bring your own pool", max_upload_size=MEGABYTES, key=f"pool file {turn}", help=told
    )
    if brought is None:
        return
    try:
        pool = parse_pool(brought.getvalue(), brought.name)
        if len(pool) < 2:
            raise InputError(
                f"{brought.name} holds {len(pool)} sentences: expected at least 50 different ones"
            )
    except InputError as problem:
        show_problem(str(problem))
        return
    st.caption(f"{len(pool):,} sentences. Results of concepts that draw from the pool are computed again.")
    view.button("Use this pool", _take, chosen, pool, key="use pool", type="primary")


def _rebuild(chosen: Selection) -> None:
    with problem_kept():
        rebuild_pool(chosen.request(), chosen.library, services().artefacts)


def _take(chosen: Selection, pool: NegativePool) -> None:
    with problem_kept():
        take_pool(chosen.request(), chosen.library, pool, services().artefacts)
        st.session_state[TURN] += 1

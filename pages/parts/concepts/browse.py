"""Browsing a library: domains, concepts to choose from, and the chosen one with its sentences."""

from __future__ import annotations

from functools import partial

import pandas as pd
import streamlit as st

from expertlens_core.concepts import Concept, Library
from expertlens_core.concepts.health import health
from expertlens_core.concepts.shelf import own_library_path
from expertlens_core.errors import InputError
from expertlens_core.pipeline import Plan
from pages.parts.concepts.health import draw_health
from pages.parts.concepts.library import draw_concept_actions, draw_library_actions
from pages.parts.concepts.sentences import draw_sentences, negatives_of
from pages.shared import view
from pages.shared.choices.concepts import IN_DOMAIN, SOUGHT
from pages.shared.glossary import words
from pages.shared.loading import planned
from pages.shared.plain import plain
from pages.shared.selection import Selection, choose_concept
from pages.shared.show import table_download
from pages.shared.warned import draw_clean

MOST_SHOWN = 60
"""Concepts offered as buttons; more are narrowed down by domain or search."""
ALL = "*"
"""Stands for all domains."""
LONGEST = 40
"""Characters of a name on a button."""


def draw_browse(chosen: Selection) -> None:
    """The library, and the chosen concept."""
    library = chosen.library
    plan = _plan(chosen)
    ready = {concept.key for concept in library} - set(plan.missing) if plan else set()
    shown = _filters(library, chosen.concept)
    _concepts(shown, ready, chosen.concept.key)
    with st.container(horizontal=True):
        draw_library_actions(chosen)
        with st.popover("As a table", icon=":material/table_rows:"):
            table = concept_table(shown, ready)
            st.dataframe(table, hide_index=True, height=420)
            table_download(table, f"concepts of {library.name}")
    st.divider()
    _concept(chosen, plan, chosen.concept.key in ready)


def concept_table(concepts: list[Concept], ready: set[str]) -> pd.DataFrame:
    """A row for each concept: what it is, the size of its sets, whether it has a result."""
    return pd.DataFrame(
        [
            {
                "domain": concept.domain,
                "concept": concept.key,
                "sentences with it": len(concept.positives),
                "sentences without": f"{len(concept.negatives):,}" if concept.negatives else "drawn",
                "result ready": concept.key in ready,
            }
            for concept in concepts
        ],
        columns=["domain", "concept", "sentences with it", "sentences without", "result ready"],
    )


def short(name: str) -> str:
    """A name for a button."""
    one_line = " ".join(name.split())
    return one_line if len(one_line) <= LONGEST else one_line[: LONGEST - 1] + "…"


def _plan(chosen: Selection) -> Plan | None:
    """None where the library as a whole cannot be found, e.g. for a concept with one sentence."""
    try:
        return planned(chosen.request(), chosen.library)
    except InputError:
        return None


def _filters(library: Library, current: Concept) -> list[Concept]:
    """Domain and search; returns the concepts that are left.

    A large library opens at the domain of the chosen concept, and a search looks through all of it.
    """
    domains, asked, sought = library.domains, view.get(IN_DOMAIN), view.get(SOUGHT).strip().casefold()
    if asked not in ("", ALL, *domains):
        st.info(f"The library has no domain “{plain(asked[:80])}”: choose another.")
        view.put(IN_DOMAIN, "")
        asked = ""
    small = len(library) <= MOST_SHOWN or sought or not current.domain
    domain = asked or (ALL if small else current.domain)
    left, right = st.columns([1, 1])
    if domains:
        left.selectbox(
            "Domain",
            [ALL, *domains],
            format_func=lambda each: (
                f"{short(each)} · {len(domains[each])}" if each != ALL else "all domains"
            ),
            help=words("domain"),
            **view.show(IN_DOMAIN.name, domain, partial(view.put, IN_DOMAIN)),
        )
    right.text_input("Search", placeholder="part of a concept's name", **view.bound(SOUGHT))
    return [
        concept
        for concept in library
        if sought in concept.key.casefold() and (domain == ALL or concept.domain == domain)
    ]


def _concepts(shown: list[Concept], ready: set[str], current: str) -> None:
    """Buttons, one for each concept."""
    if not shown:
        st.info("No concept has that in its name. Clear the search, or write your own.")
        return
    keys = [concept.key for concept in shown[:MOST_SHOWN]]
    st.pills(
        f"Concepts: {len(shown):,}, with results ready: {sum(concept.key in ready for concept in shown):,}",
        keys,
        format_func=lambda each: plain(short(each)) + (" :green[●]" if each in ready else ""),
        help="A green dot: its experts in the chosen model have been found already.",
        **view.show(
            "concept pills",
            current if current in keys else None,
            lambda taken: choose_concept(taken or current),
        ),
    )
    if len(shown) > MOST_SHOWN:
        st.caption(
            f"{len(shown) - MOST_SHOWN:,} more: choose a domain or search, or take one from the list at the left."
        )


def _concept(chosen: Selection, plan: Plan | None, ready: bool) -> None:
    concept = chosen.concept
    st.subheader(plain(concept.key))
    about = [text for text in (concept.domain, concept.source and f"source: {concept.source}") if text]
    if about:
        st.caption(plain(" · ".join(about)))
    request = chosen.request()
    pool = None if plan is None or concept.negatives else plan.pool
    negatives = negatives_of(concept, pool, request.drawn(concept), request.seed)
    source = pool.name if pool is not None else ""
    found = health(concept.key, concept.name, concept.positives, negatives, source)
    draw_health(found, concept.kinds, source)
    if found.warnings:
        draw_clean(chosen)
    with st.container(horizontal=True, vertical_alignment="center"):
        go = st.button(
            "See its experts" if ready else "Find its experts",
            key="its experts",
            type="primary",
            icon=":material/bar_chart:",
        )
        draw_concept_actions(chosen, own=own_library_path(chosen.library_name) is not None)
    if go:
        st.switch_page("experts.py")
    draw_sentences(concept, negatives)

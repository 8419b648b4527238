"""Browsing a library: domains, concepts to choose from, and the chosen one with its sentences."""

from collections.abc import Iterable
from functools import partial

import pandas as pd
import streamlit as st

from expertlens_core.concepts import Concept, Library
from expertlens_core.concepts.health import health
from expertlens_core.concepts.shelf import own_library_path
from expertlens_core.errors import InputError
from expertlens_core.pipeline import Plan
from pages.parts.concepts.audit import draw_audit
from pages.parts.concepts.check import checked, counter_of, draw_check
from pages.parts.concepts.library import draw_concept_actions, draw_library_actions
from pages.parts.concepts.sentences import draw_health, draw_sentences
from pages.shared import view
from pages.shared.choices.concepts import IN_DOMAIN, SOUGHT
from pages.shared.glossary import words
from pages.shared.loading import planned
from pages.shared.plain import plain
from pages.shared.selection import Selection, choose_concept
from pages.shared.show import table_download

MOST_SHOWN = 60
"""Concepts offered as buttons; more are narrowed down by domain or search."""
ALL = "*"
"""Stands for all domains."""
LONGEST = 40
"""Characters of a name on a button."""


def draw_browse(chosen: Selection) -> None:
    """The library, and the chosen concept."""
    library = chosen.library
    try:
        plan = planned(chosen.request(), library)
        ready = {concept.key for concept in library} - set(plan.missing)
    except InputError:  # the library as a whole cannot be found, e.g. for a concept with one sentence
        plan, ready = None, set()
    shown = _filters(library, chosen.concept)
    _concepts(shown, ready, chosen.concept.key)
    with st.container(horizontal=True):
        draw_library_actions(chosen, plan)
        with st.popover("As a table", icon=":material/table_rows:"):
            table = concept_table(shown).assign(**{"result ready": [each.key in ready for each in shown]})
            st.dataframe(table, hide_index=True, height=420)
            table_download(table, f"concepts of {library.name}")
    st.divider()
    _concept(chosen, plan, chosen.concept.key in ready)


def concept_table(concepts: Iterable[Concept]) -> pd.DataFrame:
    """A row for each concept: what it is, and the size of its sets."""
    rows = [
        (
            concept.domain,
            concept.key,
            len(concept.positives),
            f"{len(concept.negatives):,}" if concept.negatives else "drawn",
        )
        for concept in concepts
    ]
    return pd.DataFrame(rows, columns=["domain", "concept", "sentences with it", "sentences without"])


def short(name: str) -> str:
    """A name for a button."""
    one_line = " ".join(name.split())
    return one_line if len(one_line) <= LONGEST else one_line[: LONGEST - 1] + "…"


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
    labels = {ALL: "all domains"} | {each: f"{short(each)} · {len(domains[each])}" for each in domains}
    left, right = st.columns([1, 1])
    if domains:
        left.selectbox(
            "Domain",
            list(labels),
            format_func=labels.__getitem__,
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
    sets, findings = checked(
        concept, chosen.library, pool, request.drawn(concept), request.seed, counter_of(chosen.model)
    )
    draw_health(health(concept.name, concept.positives, sets.negatives), concept.kinds, sets.source)
    draw_check(chosen, findings)
    draw_audit(chosen)
    label = "See its experts" if ready else "Find its experts"
    with st.container(horizontal=True, vertical_alignment="center"):
        go = st.button(label, key="its experts", type="primary", icon=":material/bar_chart:")
        draw_concept_actions(chosen, own=own_library_path(chosen.library_name) is not None)
    if go:
        st.switch_page("experts.py")
    draw_sentences(concept, sets.negatives)

"""How many of the judged pairs the library covers, and the way to the rest."""

from typing import Any

import pandas as pd
import streamlit as st

from expertlens_core.concepts.draft import Draft, new_draft_id, write_draft
from expertlens_core.pipeline import Plan
from pages.parts.alignment.results import FEWEST, Judged
from pages.shared import view
from pages.shared.choices.concepts import DRAFT, PART
from pages.shared.loading import planned
from pages.shared.plain import plain
from pages.shared.selection import Selection
from pages.shared.show import table_download
from pages.shared.waiting import find_rest

ROWS = "missing words"
QUIET: dict[str, Any] = {"delta_color": "off", "delta_arrow": "off", "width": 165}
"""Look of a number with a word of explanation in place of a change."""


def draw_coverage(chosen: Selection, judged: Judged, plan: Plan, *, shipped: bool) -> bool:
    """Pairs covered and left out, and why; concepts that are still to be found, with the job that finds them.

    True where enough pairs are covered to go on: by results, or by a `shipped` comparison without those behind it.
    """
    there = set(plan.keys) if shipped else set(plan.finished)
    ready, covered = judged.pairs_among(there), len(judged.coverage.rows)
    wanted = [key for key in judged.concepts if key not in there]
    pairs, missing = len(judged.judgments.pairs), judged.coverage.missing
    with st.container(horizontal=True, gap="small"):
        st.metric("Pairs compared", f"{ready:,}", f"of {pairs:,} judged", **QUIET)
        if missing:
            told = "A pair with a word that is no concept of the library is left out and counted, never scored 0."
            words = f"{len(missing):,} words missing"
            st.metric("Left out", f"{pairs - covered:,}", words, help=told, **QUIET)
        if wanted:
            st.metric("Waiting", f"{covered - ready:,}", "experts not found yet", **QUIET)
    for note in judged.judgments.notes:
        st.caption(plain(f"{judged.name}: {note}."))
    if wanted:
        # Of the judged concepts only.
        part = planned(chosen.request(*wanted), chosen.library)
        if ready < FEWEST:
            told = "that stand in judged pairs come first: then model and people are compared here."
            find_rest(part, f"The experts of the {len(wanted):,} concepts {told}")
        else:
            told = "They stand in judged pairs. It goes on while you look at other pages."
            label = f"Find the experts of {len(wanted):,} more concepts"
            find_rest(part, "", label, key="find judged", help=told)
    if missing:
        _missing(judged)
    if covered < FEWEST:
        st.info(
            f"Only {covered} of the judged pairs have both words among the {len(chosen.library):,} concepts of "
            f"{plain(chosen.library.name)}, and a correlation needs at least {FEWEST}. Choose other judgments, "
            "another library at the left, or write the missing concepts.",
            icon=":material/diversity_3:",
        )
    return ready >= FEWEST


def _missing(judged: Judged) -> None:
    coverage = judged.coverage
    with st.expander(f"{len(coverage.missing):,} words without a concept", icon=":material/playlist_add:"):
        table = pd.DataFrame(coverage.missing, columns=["word", "in pairs"])
        several = table["word"].isin(coverage.ambiguous)
        table["why"] = several.map({True: "names several senses", False: "no such concept"})
        height = min(290, 38 + 35 * len(table))
        left, right = st.columns([3, 2], gap="medium")
        with left:
            chosen = st.dataframe(
                table,
                hide_index=True,
                height=height,
                key=ROWS,
                on_select="rerun",
                selection_mode="single-row",
            )
            table_download(table, "words without a concept", key="missing words")
        with right:
            rows = chosen["selection"]["rows"]
            word = str(table["word"][rows[0]]) if rows and rows[0] < len(table) else str(table["word"][0])
            st.markdown(
                "Write sentences for a word, and its pairs count. Choose a row, or begin with the most frequent:"
            )
            if view.button(f"Write {plain(word)}", icon="edit", key="write word"):
                draft = write_draft(Draft(new_draft_id(), name=" ".join(word.split())[:200]))
                view.put(DRAFT, draft.id)
                view.put(PART, "write")
                st.switch_page("concepts.py")

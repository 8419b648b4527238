"""How many of the judged pairs the library covers, and the way to the rest."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from expertlens_core.concepts.draft import Draft, new_draft_id, write_draft
from expertlens_core.pipeline import Plan
from pages.parts.alignment.results import Asked, Judged
from pages.shared import view
from pages.shared.choices.alignment import KNOWN, SPLITS
from pages.shared.choices.concepts import DRAFT, PART
from pages.shared.loading import planned
from pages.shared.plain import plain
from pages.shared.selection import Selection
from pages.shared.services import services
from pages.shared.show import table_download
from pages.shared.waiting import find_job, follow, offer_find, start_find

FEWEST = 3
"""Pairs that a correlation needs."""
ROWS = "missing words"


def draw_coverage(chosen: Selection, judged: Judged, plan: Plan, *, shipped: bool) -> bool:
    """Pairs covered, left out, and why; concepts that are still to be found, with the job that finds them.

    Args:
        chosen, judged, plan: what is compared.
        shipped: the comparison is at hand, though the results behind it may not be.

    Returns:
        Whether enough pairs are covered by results to go on.
    """
    there = set(plan.keys) if shipped else set(plan.finished)
    ready = sum(first in there and second in there for first, second in judged.coverage.concepts)
    wanted = [key for key in judged.concepts if key not in there]
    pairs = len(judged.judgments.pairs)
    missing = judged.coverage.missing
    with st.container(horizontal=True, gap="small"):
        st.metric("Pairs compared", f"{ready:,}", f"of {pairs:,} judged", **_quiet())
        if missing:
            st.metric(
                "Left out",
                f"{pairs - len(judged.coverage.rows):,}",
                f"{len(missing):,} words missing",
                help="A pair with a word that is no concept of the library is left out and counted, never scored 0.",
                **_quiet(),
            )
        if wanted:
            st.metric(
                "Waiting", f"{len(judged.coverage.rows) - ready:,}", "experts not found yet", **_quiet()
            )
    for note in judged.judgments.notes:
        st.caption(plain(f"{_name(judged)}: {note}."))
    if wanted:
        _offer(chosen, wanted, first=ready < FEWEST)
    if missing:
        _missing(judged)
    if ready >= FEWEST:
        return True
    if len(judged.coverage.rows) < FEWEST:
        st.info(
            f"Only {len(judged.coverage.rows)} of the judged pairs have both words among the {len(chosen.library):,} "
            f"concepts of {plain(chosen.library.name)}, and a correlation needs at least {FEWEST}. Choose other "
            "judgments, another library at the left, or write the missing concepts.",
            icon=":material/diversity_3:",
        )
    return False


def judgments_name(asked: Asked) -> str:
    """``MEN, test split``."""
    return _name(asked.judged)


def _name(judged: Judged) -> str:
    name = KNOWN.get(judged.judgments.name, judged.judgments.name).split(":")[0]
    split = judged.judgments.split
    return f"{name}, {SPLITS['men'].get(split, split)} split" if split else name


def _offer(chosen: Selection, wanted: list[str], *, first: bool) -> None:
    """Find the missing experts: those of the judged concepts only."""
    part = planned(chosen.request(*wanted), chosen.library)
    job = services().jobs.get(find_job(part))
    if job is not None and job.state != "done":
        follow(job.id)
    elif first:
        st.markdown(
            f"The experts of the {len(wanted):,} concepts that stand in judged pairs come first: then model and people "
            "are compared here."
        )
        offer_find(part)
    else:
        st.button(
            f"Find the experts of {len(wanted):,} more concepts",
            type="primary",
            icon=":material/play_arrow:",
            key="find judged",
            on_click=start_find,
            args=(part,),
            help="They stand in judged pairs. It goes on while you look at other pages.",
        )


def _missing(judged: Judged) -> None:
    coverage = judged.coverage
    with st.expander(f"{len(coverage.missing):,} words without a concept", icon=":material/playlist_add:"):
        table = pd.DataFrame(coverage.missing, columns=["word", "in pairs"])
        table["why"] = [
            "names several senses" if word in set(coverage.ambiguous) else "no such concept"
            for word in table["word"]
        ]
        left, right = st.columns([3, 2], gap="medium")
        with left:
            st.dataframe(
                table,
                hide_index=True,
                height=min(290, 38 + 35 * len(table)),
                key=ROWS,
                on_select="rerun",
                selection_mode="single-row",
            )
            table_download(table, "words without a concept", key="missing words")
        with right:
            rows = st.session_state[ROWS]["selection"]["rows"]
            word = str(table["word"][rows[0]]) if rows and rows[0] < len(table) else str(table["word"][0])
            st.markdown(
                "Write sentences for a word, and its pairs count. Choose a row, or begin with the most frequent:"
            )
            if st.button(f"Write {plain(word)}", icon=":material/edit:", key="write word"):
                draft = write_draft(Draft(new_draft_id(), name=" ".join(word.split())[:200]))
                view.put(DRAFT, draft.id)
                view.put(PART, "write")
                st.switch_page("concepts.py")


def _quiet() -> dict[str, Any]:
    return {"delta_color": "off", "delta_arrow": "off", "width": 165}

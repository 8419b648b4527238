"""The evidence of one judged pair: the judgment, the model's value, and the experts the two share."""

from __future__ import annotations

import streamlit as st

from expertlens_core.analysis.pair import pair_evidence
from expertlens_core.errors import InputError
from expertlens_core.figures import (
    pair_histogram,
    pair_histogram_table,
    place_chart,
    place_table,
    printable,
)
from expertlens_core.pipeline import Aligned
from expertlens_core.pipeline.finding.scored import unit_mask
from pages.parts.alignment.captions import caption_lines
from pages.parts.alignment.results import Asked
from pages.parts.alignment.rows import row_name
from pages.shared import view
from pages.shared.choices.alignment import PAIR
from pages.shared.choices.map import FOCUS
from pages.shared.choices.map import PART as MAP_PART
from pages.shared.loading import read_scored
from pages.shared.plain import plain
from pages.shared.show import draw_chart, figure_downloads


def draw_evidence(asked: Asked, made: Aligned, label: str, first: str, second: str) -> None:
    """What people say, what the model says, and why.

    Raises:
        InputError: for concepts without a result.
    """
    matrix = read_scored(asked.plan.request, asked.plan.library)
    for key in (first, second):
        if key not in matrix.concepts:
            raise InputError(f"the experts of {key!r} are not found yet: find them first")
    evidence = pair_evidence(
        matrix.of(first),
        matrix.of(second),
        matrix.units,
        asked.tau,
        unit_mask=unit_mask(matrix.units, without_token_only=asked.outside),
    )
    with st.container(border=True):
        st.subheader(f"{plain(first)} · {plain(second)}")
        rows = [number for number, pair in enumerate(made.table.pairs) if set(pair) == {first, second}]
        with st.container(horizontal=True, gap="small"):
            if rows:
                table = made.table
                st.metric("People", f"{table.human[rows[0]]:.1f}", width=140)
                value = table.values[table.row(label), rows[0]]
                st.metric(plain(row_name(label)), f"{value:.3f}", width=140)
            st.metric(f"Experts of {plain(first)}", f"{evidence.first_size:,}", width=140)
            st.metric(f"Experts of {plain(second)}", f"{evidence.second_size:,}", width=140)
            st.metric("Shared", f"{len(evidence.shared):,}", width=140)
        lines = caption_lines(asked, made.about, len(made.table.human))
        left, right = st.columns(2, gap="medium")
        with left:
            st.markdown("**Where they share experts**")
            chart = place_chart(evidence, first, second, width=270, below=True)
            draw_chart(chart, alt=f"Experts of {first} and {second} by layer and kind.")
            figure_downloads(
                chart,
                f"shared by layer, {first} and {second}",
                place_table(evidence, first, second),
                title=printable(f"{first} and {second}: experts by layer"),
                lines=lines,
                key="evidence places",
            )
        with right:
            st.markdown("**How good the shared ones are**")
            histogram = pair_histogram(evidence, width=270)
            draw_chart(
                histogram, alt=f"AP of the experts that {first} and {second} share, and of the others."
            )
            figure_downloads(
                histogram,
                f"AP of shared and unshared, {first} and {second}",
                pair_histogram_table(evidence),
                title=printable(f"{first} and {second}: AP of shared and unshared experts"),
                lines=lines,
                key="evidence AP",
            )
        with st.container(horizontal=True):
            if st.button("Open in the Concept map", icon=":material/hub:", key="open map"):
                view.put(FOCUS, (first, second))
                view.put(MAP_PART, "pair")
                st.switch_page("concept_map.py")
            st.button(
                "Close", on_click=view.put, args=(PAIR, ()), key="close pair", type="tertiary",
                icon=":material/close:",
            )  # fmt: skip

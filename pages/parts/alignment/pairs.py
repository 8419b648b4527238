"""The pairs: model against people, where they disagree most, and the evidence of one pair."""

from __future__ import annotations

import altair
import streamlit as st

from expertlens_core import figures
from expertlens_core.errors import InputError
from expertlens_core.figures import printable
from expertlens_core.figures.pair_charts import POINTS
from expertlens_core.pipeline import Aligned
from pages.parts.alignment.captions import caption_lines, draw_caption
from pages.parts.alignment.coverage import judgments_name
from pages.parts.alignment.disagreements import disagreement_table, said
from pages.parts.alignment.evidence import draw_evidence
from pages.parts.alignment.results import Asked
from pages.parts.alignment.rows import jaccard_label, number, row_name
from pages.shared import view
from pages.shared.choices.alignment import PAIR, ROW
from pages.shared.frame import explain
from pages.shared.loading import planned
from pages.shared.plain import plain
from pages.shared.selection import Selection
from pages.shared.show import draw_chart, figure_downloads, table_download
from pages.shared.waiting import wait_for_find

CLICKED, SCATTER, WORST = "pair", "pair scatter", "worst pairs"
SHOWN = 25


@st.fragment
def draw_pairs(chosen: Selection, asked: Asked, made: Aligned) -> None:
    """Everything about single pairs, by the measure of choice."""
    try:
        label = _row(asked, made)
        row = made.table.rows[made.table.row(label)]
        left, right = st.columns(2, gap="medium")
        with left:
            _scatter(asked, made, label)
        with right:
            st.subheader("Where model and people disagree most")
            if row.rho != row.rho:
                st.info("Every pair has the same value here, so there is no order to disagree on: lower tau.")
            else:
                _worst(asked, made, label)
        pair = _pair(made)
        if pair is None:
            st.caption("Press a point or choose a row to see what the two concepts share.")
        elif (plan := planned(chosen.request(*pair), chosen.library)).missing:
            wait_for_find(plan)
        else:
            draw_evidence(asked, made, label, *pair)
    except InputError as problem:
        explain(str(problem))


def _row(asked: Asked, made: Aligned) -> str:
    labels = [row.label for row in made.table.rows]
    current = view.get(ROW) if view.get(ROW) in labels else jaccard_label(asked.tau)
    st.selectbox(
        "Model similarity by",
        labels,
        format_func=row_name,
        width=340,
        help="Any measure or baseline: where a baseline disagrees with people in other pairs, it knows other things.",
        **view.show(
            ROW.name, current, lambda taken: view.put(ROW, "" if taken == jaccard_label(asked.tau) else taken)
        ),
    )
    return current


def _scatter(asked: Asked, made: Aligned, label: str) -> None:
    st.subheader("Model against people")
    few = len(made.table.human) <= POINTS
    chart = figures.pair_chart(made.table, label, selection=CLICKED if few else None)
    chart.encoding.y = altair.Y("similarity:Q", title=row_name(printable(label)))
    row = made.table.rows[made.table.row(label)]
    alt = f"{row_name(label)} against {judgments_name(asked)} for {len(made.table.human)} pairs; rho {number(row.rho)}."
    if few:
        draw_chart(chart, alt=alt, key=SCATTER, on_select=_click, selection_mode=CLICKED)
    else:
        draw_chart(chart, alt=alt)
        st.caption("Too many pairs for a point each: the colour tells how many lie at a place.")
    if made.table.judgments == "taxonomy":
        st.caption(
            "2: two concepts of one domain; 1: a concept with its domain's broader concept; 0: all others."
        )
    lines = caption_lines(asked, made.about, len(made.table.human), row_name(label))
    figure_downloads(
        chart,
        f"pairs, {judgments_name(asked)}, {row_name(label)}",
        figures.pair_frame(made.table, label),
        title=f"Pairs of {printable(judgments_name(asked))}, rho {number(row.rho)}",
        lines=lines,
        key="pairs",
    )
    draw_caption(lines)


def _worst(asked: Asked, made: Aligned, label: str) -> None:
    found = made.table.disagreements(label, SHOWN)
    table = disagreement_table(found)
    st.session_state["worst rows"] = tuple((each.first, each.second) for each in found)
    st.dataframe(
        table,
        hide_index=True,
        key=WORST,
        on_select=_open,
        selection_mode="single-row",
        height=440,
        column_config={
            "people": st.column_config.NumberColumn(format="%.1f", help="The judgment."),
            "model": st.column_config.NumberColumn(format="%.3f", help=row_name(label)),
            "gap": st.column_config.NumberColumn(
                format="%+.2f",
                help="The model's rank of the pair minus people's, both from 0 (least alike) to 1.",
            ),
        },
    )
    st.caption(plain(said(found)))
    table_download(
        lambda: disagreement_table(made.table.disagreements(label, len(made.table.human))),
        f"disagreement, {judgments_name(asked)}, {row_name(label)}",
        "All pairs as CSV",
        "worst",
    )


def _pair(made: Aligned) -> tuple[str, str] | None:
    """The chosen pair, where it is one of the compared ones."""
    chosen = view.get(PAIR)
    known = {key for pair in made.table.pairs for key in pair}
    if len(chosen) != 2 or not all(key in known for key in chosen):
        return None
    return chosen[0], chosen[1]


def _click() -> None:
    points = st.session_state[SCATTER]["selection"].get(CLICKED) or []
    if points and {"first", "second"} <= set(points[0]):
        view.put(PAIR, (str(points[0]["first"]), str(points[0]["second"])))


def _open() -> None:
    rows = st.session_state[WORST]["selection"]["rows"]
    pairs = st.session_state["worst rows"]
    if rows and rows[0] < len(pairs):
        view.put(PAIR, pairs[rows[0]])

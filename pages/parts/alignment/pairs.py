"""The pairs: model against people, where they disagree most, and the evidence of one pair."""

import math
from typing import Any

import altair
import streamlit as st

from expertlens_core import figures
from expertlens_core.analysis.pair import pair_evidence
from expertlens_core.errors import InputError
from expertlens_core.figures import Figure, printable
from expertlens_core.figures.pair_charts import POINTS
from expertlens_core.pipeline import Aligned
from pages.parts.alignment.results import Asked
from pages.parts.alignment.rows import disagreement_table, jaccard_label, number, row_name
from pages.shared import view
from pages.shared.choices.alignment import PAIR, ROW
from pages.shared.choices.map import FOCUS
from pages.shared.choices.map import PART as MAP_PART
from pages.shared.frame import explained
from pages.shared.loading import planned, read_scored
from pages.shared.plain import plain
from pages.shared.selection import Selection
from pages.shared.show import choose_row, show, table_download
from pages.shared.waiting import wait_for_find

CLICKED, SCATTER, WORST = "pair", "pair scatter", "worst pairs"
SHOWN = 25


@st.fragment
@explained()
def draw_pairs(chosen: Selection, asked: Asked, made: Aligned) -> None:
    labels, usual = [row.label for row in made.table.rows], jaccard_label(asked.tau)
    label = view.get(ROW) if view.get(ROW) in labels else usual
    st.selectbox(
        "Model similarity by",
        labels,
        format_func=row_name,
        width=340,
        help="Any measure or baseline: where a baseline disagrees with people in other pairs, it knows other things.",
        **view.show(ROW.name, label, lambda taken: view.put(ROW, "" if taken == usual else taken)),
    )
    left, right = st.columns(2, gap="medium")
    with left:
        _scatter(asked, made, label)
    with right:
        st.subheader("Where model and people disagree most")
        if math.isnan(made.table.rows[made.table.row(label)].rho):
            st.info("Every pair has the same value here, so there is no order to disagree on: lower tau.")
        else:
            _worst(asked, made, label)
    pair = view.get(PAIR)
    if len(pair) != 2 or not {key for each in made.table.pairs for key in each}.issuperset(pair):
        st.caption("Press a point or choose a row to see what the two concepts share.")
    elif (plan := planned(chosen.request(*pair), chosen.library)).missing:
        wait_for_find(plan)
    else:
        _evidence(asked, made, label, *pair)


def _scatter(asked: Asked, made: Aligned, label: str) -> None:
    st.subheader("Model against people")
    table, name, measure = made.table, asked.judged.name, row_name(label)
    few = len(table.human) <= POINTS
    chart = figures.pair_chart(table, label, selection=CLICKED if few else None)
    chart.encoding.y = altair.Y("similarity:Q", title=printable(measure))
    rho = number(table.rows[table.row(label)].rho)
    figure = Figure(
        chart,
        figures.pair_frame(table, label),
        f"Pairs of {name}, rho {rho}",
        f"{measure} against {name} for {len(table.human)} pairs; rho {rho}.",
        f"pairs, {name}, {measure}",
        asked.lines(made.about, len(table.human), measure),
    )
    notes = [] if few else ["Too many pairs for a point each: the colour tells how many lie at a place."]
    if table.judgments == "taxonomy":
        notes.append(
            "2: two concepts of one domain; 1: a concept with its domain's broader concept; 0: all others."
        )

    def take_click() -> None:
        points = st.session_state[SCATTER]["selection"].get(CLICKED) or []
        if points and {"first", "second"} <= set(points[0]):
            view.put(PAIR, (str(points[0]["first"]), str(points[0]["second"])))

    click: dict[str, Any] = {"on_select": take_click, "selection_mode": CLICKED} if few else {}
    show(figure, *notes, key=SCATTER, **click)


def _worst(asked: Asked, made: Aligned, label: str) -> None:
    found = made.table.disagreements(label, SHOWN)
    column = st.column_config.NumberColumn
    told = "The model's rank of the pair minus people's, both from 0 (least alike) to 1."
    choose_row(
        disagreement_table(found),
        WORST,
        [(each.first, each.second) for each in found],
        lambda pair: view.put(PAIR, pair),
        height=440,
        column_config={
            "people": column(format="%.1f", help="The judgment."),
            "model": column(format="%.3f", help=row_name(label)),
            "gap": column(format="%+.2f", help=told),
        },
    )
    if found:
        both, way = f"{found[0].first} and {found[0].second}", "more" if found[0].gap > 0 else "less"
        st.caption(plain(printable(f"The model finds {both} far {way} alike than people do.")))
    table_download(
        lambda: disagreement_table(made.table.disagreements(label, len(made.table.human))),
        f"disagreement, {asked.judged.name}, {row_name(label)}",
        "All pairs as CSV",
        "worst",
    )


def _evidence(asked: Asked, made: Aligned, label: str, first: str, second: str) -> None:
    matrix = read_scored(asked.plan.request, asked.plan.library)
    for key in (first, second):
        if key not in matrix.concepts:
            raise InputError(f"the experts of {key!r} are not found yet: find them first")
    mask = matrix.mask(asked.outside)
    evidence = pair_evidence(matrix.of(first), matrix.of(second), matrix.units, asked.tau, unit_mask=mask)
    table = made.table
    numbers = {
        f"Experts of {first}": f"{evidence.first_size:,}",
        f"Experts of {second}": f"{evidence.second_size:,}",
        "Shared": f"{len(evidence.shared):,}",
    }
    if rows := [place for place, pair in enumerate(table.pairs) if set(pair) == {first, second}]:
        value = table.values[table.row(label), rows[0]]
        numbers = {"People": f"{table.human[rows[0]]:.1f}", row_name(label): f"{value:.3f}"} | numbers
    with st.container(border=True):
        st.subheader(f"{plain(first)} · {plain(second)}")
        with st.container(horizontal=True, gap="small"):
            for name, told in numbers.items():
                st.metric(plain(name), told, width=140)
        lines = asked.lines(made.about, len(table.human))
        drawn = figures.pair_figures(evidence, first, second, lines, width=270, below=True)
        titles = ("Where they share experts", "How good the shared ones are")
        for place, title, figure in zip(st.columns(2, gap="medium"), titles, drawn):
            with place:
                st.markdown(f"**{title}**")
                show(figure, key=f"evidence {title}", caption=False)
        with st.container(horizontal=True):
            if view.button("Open in the Concept map", icon="hub", key="open map"):
                view.put(FOCUS, (first, second))
                view.put(MAP_PART, "pair")
                st.switch_page("concept_map.py")
            view.button("Close", view.put, PAIR, (), icon="close", key="close pair", type="tertiary")

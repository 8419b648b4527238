"""What is in focus: a concept with its nearest ones, or a pair, with what they share; else the most alike pairs."""

import math
from dataclasses import replace
from typing import Literal

import numpy as np
import pandas as pd
import streamlit as st

from expertlens_core import figures
from expertlens_core.analysis.similarity_matrix import SimilarityMatrix
from expertlens_core.pipeline import PairView
from pages.parts.map.results import MapResults, draw_settings
from pages.shared import view
from pages.shared.choices.map import FOCUS, PART
from pages.shared.frame import explained
from pages.shared.glossary import words
from pages.shared.plain import plain
from pages.shared.selection import CONCEPT, choose_concept, default_concept
from pages.shared.show import choose_row, methods, show, table_download
from pages.shared.units import unit_rows

Room = Literal["panel", "row", "page"]
UNITS = 25
NEAREST, STRONGEST = 12, 10


@st.fragment
@explained()
def draw_pair_view(results: MapResults, chosen: str) -> None:
    """The section of two concepts: those in focus, else the one chosen on all pages (`chosen`) and its nearest."""
    results = draw_settings(results)
    focus = [key for key in view.get(FOCUS) if key in results.concepts]
    first = focus[0] if focus else chosen if chosen in results.concepts else results.concepts[0]
    second = focus[1] if len(focus) == 2 else results.drawn.matrix.nearest(first, 1)[0][0]

    def take(**changed: str) -> None:
        # Read anew: the other one may have been changed since this page was drawn.
        now = view.get(FOCUS) if len(view.get(FOCUS)) == 2 else (first, second)
        view.put(FOCUS, (changed.get("first", now[0]), changed.get("second", now[1])))

    left, right = st.columns(2, gap="medium")
    look = view.show("pair first", first, lambda key: take(first=key))
    left.selectbox("First concept", results.concepts, **look)
    look = view.show("pair second", second, lambda key: take(second=key))
    right.selectbox("Second concept", results.concepts, **look)
    if first == second:
        st.info("Choose two different concepts.", icon=":material/compare_arrows:")
        return
    draw_pair(results, first, second, room="page")
    st.caption(plain(" | ".join(results.lines())))
    methods(results.found.about, results.tau, results.outside)


def draw_pair(results: MapResults, first: str, second: str, *, room: Room) -> None:
    """What two concepts share: in a narrow panel, in a row, or on a page with the shared units too."""
    pair = results.pair(first, second)
    if pair is None:
        return
    evidence, wide = pair.evidence, room != "panel"
    if room != "page":
        st.subheader(f"{plain(first)} · {plain(second)}")
    _numbers(pair, wide)
    if not evidence.first_size and not evidence.second_size:
        st.info(
            f"Neither has an expert above {results.tau:.2f}: lower tau.", icon=":material/filter_alt_off:"
        )
    else:
        lines = replace(results, measure="jaccard").lines()
        width = 465 if wide else 230
        drawn = figures.pair_figures(evidence, first, second, lines, width=width, below=not wide)
        titles = ("Where they share experts", "How good the shared ones are")
        places = st.columns(2, gap="medium") if wide else (st.container(), st.container())
        for place, title, figure in zip(places, titles, drawn):
            with place:
                st.markdown(f"**{title}**")
                show(figure, key=title, caption=False)
    if room == "page":
        _units(pair, results)
        return
    with st.container(horizontal=True):
        more = {"icon": "compare_arrows", "key": "open pair", "type": "primary"}
        view.button("More on this pair", view.put, PART, "pair", **more)
        view.button("Close", view.put, FOCUS, (), icon="close", key="close", type="tertiary")


def _numbers(pair: PairView, wide: bool) -> None:
    evidence = pair.evidence
    ratio = "–" if math.isnan(pair.ratio) else f"{pair.ratio:.1f} ×"
    cells = (
        (f"Experts of {pair.first}", f"{evidence.first_size:,}", words("expert")),
        (f"Experts of {pair.second}", f"{evidence.second_size:,}", None),
        ("Shared", f"{len(evidence.shared):,}", f"Jaccard {evidence.jaccard:.3f}. " + words("Jaccard")),
        ("Expected by size", f"{pair.expected:,.1f}", "Shared experts if each concept's experts were any units of "
         "the same modules: the mean of a hypergeometric within each module."),
        ("Times expected", ratio, "Observed / expected: how many times more are shared than set sizes make likely."),
        ("Rank", f"{pair.rank:,}", "Place of observed / expected among unrelated pairs (pairs "
         "of two domains): 1 means that no unrelated pair shares as much beyond chance."),
    )  # fmt: skip
    columns = st.columns(6 if wide else 2)
    for number, (label, value, told) in enumerate(cells):
        columns[number % len(columns)].metric(plain(label), value, help=told)
    higher = pair.rank - 1
    if not math.isnan(pair.ratio) and pair.unrelated:
        st.caption(
            f"Jaccard {evidence.jaccard:.3f}. {higher:,} of {pair.unrelated:,} unrelated pairs "
            f"({higher / pair.unrelated:.1%}) share as much or more beyond chance."
        )


def _units(pair: PairView, results: MapResults) -> None:
    """The shared units, best first: ``unit, layer, part`` and their AP for both concepts."""
    shared, units = pair.evidence.shared, pair.units
    if not len(shared):
        st.info("They share no expert here.", icon=":material/filter_alt_off:")
        return
    st.markdown("**Units that are experts of both**, the best first")
    places = [units.locate(int(number)) for number in shared]
    ap = {f"AP, {key}": results.found.of(key)[shared] for key in (pair.first, pair.second)}
    table = pd.DataFrame(
        {
            "unit": [f"{module.path}:{index}" for module, index in places],
            "layer": [module.layer for module, _ in places],
            "part": [figures.module_name(module.path, module.kind) for module, _ in places],
            **ap,
        }
    )
    bar = st.column_config.ProgressColumn(min_value=0, max_value=1, format="%.3f", help=words("AP"))
    unit = st.column_config.TextColumn(help="module : index", pinned=True)
    columns = {"unit": unit} | dict.fromkeys(ap, bar)
    unit_rows(table[:UNITS], "shared units", column_config=columns)
    name = f"units shared by {pair.first} and {pair.second}"
    table_download(table, name, f"All {len(table):,} as CSV", "shared units")


def focus_in(results: MapResults) -> tuple[str, ...]:
    """The concept, or the two of a pair, whose evidence is shown, as far as they have results."""
    return tuple(key for key in view.get(FOCUS) if key in results.concepts)


def draw_focus(
    results: MapResults,
    matrix: SimilarityMatrix,
    hint: str,
    *,
    strongest: bool = True,
    room: Room = "panel",
) -> None:
    """The evidence of what is in focus; where nothing is, the hint and, if wanted, the strongest pairs."""
    match focus_in(results):
        case (first, second):
            draw_pair(results, first, second, room=room)
        case (key,):
            _draw_concept(results, matrix, key)
        case _:
            st.markdown(hint)
            if strongest:
                st.caption("The most alike pairs:")
                with st.container(gap=None):
                    for number, pair in enumerate(strongest_pairs(matrix)):
                        label = plain(f"{pair[0]} – {pair[1]}  {matrix.between(*pair):.3f}")
                        view.button(label, view.put, FOCUS, pair, key=f"strong {number}", type="tertiary")


def strongest_pairs(matrix: SimilarityMatrix, count: int = STRONGEST) -> list[tuple[str, str]]:
    """The pairs of two different concepts that are most alike, ties by library order."""
    first, second = np.triu_indices(len(matrix.concepts), 1)
    order = np.argsort(-matrix.likeness[first, second], kind="stable")[:count]
    return [(matrix.concepts[first[place]], matrix.concepts[second[place]]) for place in order]


def _draw_concept(results: MapResults, matrix: SimilarityMatrix, key: str) -> None:
    st.subheader(plain(key))
    domains = results.drawn.domains
    if domain := domains.get(key):
        role = "the broader concept of" if key in results.drawn.broader else "in"
        st.markdown(f":gray[{role} the domain] {plain(domain)}")
    if matrix.set_sizes is not None:
        size = f"{matrix.set_sizes[matrix.position[key]]:,}"
        st.metric("Experts", size, help=words("expert"), width="content")
    chosen = (view.get(CONCEPT) or default_concept(results.found.plan.library)) == key
    with st.container(horizontal=True):
        view.button(
            "Chosen on all pages" if chosen else "Choose this concept",
            choose_concept,
            key,
            icon="check" if chosen else "ads_click",
            type="primary",
            disabled=chosen,
            key="choose this concept",
            help="The other pages then show it.",
        )
        if chosen:
            st.page_link("experts.py", label="Its experts", icon=":material/bar_chart:")
        view.button("Close", view.put, FOCUS, (), icon="close", key="close", type="tertiary")
    nearest = matrix.nearest(key, NEAREST)
    names = [other for other, _ in nearest]
    table = pd.DataFrame(
        {
            "nearest concepts": names,
            matrix.label: [value for _, value in nearest],
            "domain": [domains.get(other, "") for other in names],
        }
    )
    column = st.column_config
    value = column.NumberColumn(format="%.4f")
    if matrix.measure == "jaccard":
        most = max([0.01, *matrix.pair_values])
        value = column.ProgressColumn(min_value=0, max_value=float(most), format="%.3f", width=90)
    choose_row(
        table,
        "nearest",
        names,
        lambda other: view.put(FOCUS, (key, other)),
        height=38 + 35 * len(table),
        column_config={"nearest concepts": column.TextColumn(width=110), matrix.label: value},
    )
    st.caption("Choose a row to see what the two share.")
    table_download(table, f"nearest to {key}, {matrix.label}", key="nearest")

"""The graph: one or two models on the same layout, and the evidence of what was clicked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from expertlens_core.analysis.concept_graph import concept_graph, domain_agreement
from expertlens_core.analysis.similarity_matrix import SimilarityMatrix
from pages.parts.map.evidence import draw_focus, focus_in
from pages.parts.map.graph_chart import draw_graph_chart, graph_downloads
from pages.parts.map.results import MapResults, draw_settings
from pages.shared import view
from pages.shared.choices.map import EDGES, FOCUS, MEASURES, THRESHOLD
from pages.shared.frame import explained
from pages.shared.plain import plain
from pages.shared.show import methods

if TYPE_CHECKING:
    import networkx as nx


@st.fragment
@explained()
def draw_graph(results: MapResults, beside: MapResults | None) -> None:
    results = draw_settings(results, measure=True, edges=True)
    matrix = results.matrix()
    if matrix is None:
        return
    numbers = None
    if results.colour == "community" and (numbers := results.communities()) is None:
        return
    focus = focus_in(results)

    def search(found: str | None) -> None:
        view.put(FOCUS, () if found is None else (found,))

    shown = _graph(results, matrix, numbers)
    if beside is None:
        below, panel = st.columns([5, 2], gap="medium")
        with below:
            draw_graph_chart(shown, results, results.drawn.positions, focus, "map")
    else:
        _side_by_side(results, matrix, shown, beside)
        panel, below = st.container(), st.container()
    with panel:
        st.selectbox(
            "Find a concept",
            results.concepts,
            index=None,
            placeholder="Find a concept on the map",
            label_visibility="collapsed",
            **view.show("find on map", focus[0] if len(focus) == 1 else None, search),
        )
        hint = "**Click a concept or an edge** to see the evidence. Drag to move the map, scroll to zoom."
        drawn = shown.number_of_edges() > 0
        draw_focus(results, matrix, hint, strongest=drawn, room="panel" if beside is None else "row")
        if not focus and not drawn:
            st.info(
                "No pair is left to draw: lower tau or the value below which pairs are left out, or draw more edges.",
                icon=":material/filter_alt_off:",
            )
        elif not focus and not any(results.drawn.domains.get(key) for key in matrix.concepts):
            st.caption("This library names no domains: choose the colours of communities to see groups.")
    with below:
        st.caption(plain(" · ".join(_told(shown, results, numbers))))
        st.caption(plain(" | ".join(results.lines())))
        graph_downloads(shown, results)
        methods(results.found.about, results.tau, results.outside)


def _side_by_side(
    results: MapResults,
    matrix: SimilarityMatrix,
    shown: nx.Graph,
    beside: MapResults,
) -> None:
    """Both models in the first one's places; what only the second has found stands where its own map puts it."""
    beside = replace(results, found=beside.found, drawn=beside.drawn)
    places = {**beside.drawn.positions, **results.drawn.positions}
    focus = focus_in(results)
    left, right = st.columns(2, gap="small")
    with left:
        st.markdown(f"**{plain(results.found.label)}**")
        draw_graph_chart(shown, results, places, focus, "map", narrow=True)
    with right:
        st.markdown(f"**{plain(beside.found.label)}**")
        other = beside.matrix()
        if other is None:
            return
        draw_graph_chart(_graph(beside, other, None), beside, places, focus, "map beside", narrow=True)
        if len(focus) == 2 and set(focus) <= set(beside.concepts):
            here, there = matrix.between(*focus), other.between(*focus)
            told = f"{here:.3f} in {results.found.label}, {there:.3f} in {beside.found.label}"
            st.caption(plain(f"{focus[0]} and {focus[1]}: {told}"))


def _graph(results: MapResults, matrix: SimilarityMatrix, communities: Sequence[int] | None) -> nx.Graph:
    """The graph of the pairs that the settings let through."""
    return concept_graph(
        matrix,
        threshold=view.get(THRESHOLD) or None,
        top_edges=round(view.get(EDGES) * len(matrix.concepts)),
        domains=results.drawn.domains,
        broader=results.drawn.broader,
        communities=communities,
    )


def _told(graph: nx.Graph, results: MapResults, communities: Sequence[int] | None) -> list[str]:
    count = len(results.concepts)
    told = [
        f"{graph.number_of_nodes():,} concepts, {graph.number_of_edges():,} of {count * (count - 1) // 2:,} pairs drawn"
    ]
    if communities is not None:
        groups, domains = (
            f"{len(set(communities))} communities (by Jaccard at this tau)",
            results.drawn.domains,
        )
        if named := {key: domains[key] for key in results.concepts if key in domains}:
            agrees = domain_agreement(communities, results.concepts, named)
            groups += f"; adjusted Rand index against the domains {agrees:.2f}"
        told.append(groups)
    return [
        *told,
        f"edge width: {MEASURES[results.measure]}",
        "diamonds: broader concepts",
        "pointing at one tells its number of experts",
        "a node's place never depends on tau",
    ]

"""The graph: one or two models on the same layout, and the evidence of what was clicked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import streamlit as st

from expertlens_core.analysis.communities import domain_agreement
from expertlens_core.analysis.concept_graph import concept_graph
from expertlens_core.analysis.similarity_matrix import SimilarityMatrix
from expertlens_core.errors import InputError
from pages.parts.map.click import take_click
from pages.parts.map.concept import draw_concept
from pages.parts.map.downloads import caption_lines, draw_methods, graph_downloads
from pages.parts.map.evidence import draw_pair
from pages.parts.map.option import map_option
from pages.parts.map.results import MapResults
from pages.parts.map.settings import Settings, draw_settings
from pages.parts.map.strongest import draw_strongest
from pages.shared import view
from pages.shared.choices.map import EDGES, FOCUS, MEASURES, THRESHOLD
from pages.shared.frame import explain
from pages.shared.plain import plain

if TYPE_CHECKING:
    import networkx as nx

SVG_UP_TO = 320
"""Concepts that are drawn as shapes of the page; more as a picture, which stays quick."""


@st.fragment
def draw_graph(results: MapResults, beside: MapResults | None) -> None:
    """Everything that moves with the sliders."""
    try:
        _draw(results, beside)
    except InputError as problem:
        explain(str(problem))


def _draw(results: MapResults, beside: MapResults | None) -> None:
    settings = draw_settings(measure=True, edges=True)
    focus = tuple(key for key in view.get(FOCUS) if key in results.concepts)
    matrix = results.matrix(settings.measure, settings.tau, settings.outside)
    if matrix is None:
        return
    agreement = None
    if settings.colour == "community":
        numbers = results.communities(settings.tau, settings.outside)
        if numbers is None:
            return
        agreement = _agreement(results, numbers)
    shown = graph_of(results, matrix, settings)
    if beside is not None:
        # The first model's places; what only the second one has found stands where its own map puts it.
        places = {**beside.drawn.positions, **results.drawn.positions}
        left, right = st.columns(2, gap="small")
        with left:
            st.markdown(f"**{plain(results.found.label)}**")
            _chart(shown, results, places, settings, focus, "map", narrow=True)
        with right:
            st.markdown(f"**{plain(beside.found.label)}**")
            other = beside.matrix(settings.measure, settings.tau, settings.outside)
            if other is not None:
                second = graph_of(beside, other, settings, with_communities=False)
                _chart(second, beside, places, settings, focus, "map beside", narrow=True)
                _both(results, beside, matrix, other, focus)
        panel, below = st.container(), st.container()
    else:
        below, panel = st.columns([5, 2], gap="medium")
        with below:
            _chart(shown, results, results.drawn.positions, settings, focus, "map")
    with panel:
        _search(results, focus)
        if len(focus) == 2:
            draw_pair(results, settings, *focus, room="row" if beside is not None else "panel")
        elif focus:
            draw_concept(results, matrix, focus[0])
        else:
            _hint(shown, matrix, results)
    with below:
        _told(shown, results, settings, agreement)
        graph_downloads(shown, results, settings)
        draw_methods(results, settings)


def graph_of(
    results: MapResults, matrix: SimilarityMatrix, settings: Settings, *, with_communities: bool = True
) -> nx.Graph:
    """The graph of the pairs that the settings let through."""
    threshold = view.get(THRESHOLD) or None
    return concept_graph(
        matrix,
        threshold=threshold,
        top_edges=round(view.get(EDGES) * len(matrix.concepts)),
        domains=results.drawn.domains,
        broader=results.drawn.broader,
        communities=results.communities(settings.tau, settings.outside)
        if settings.colour == "community" and with_communities
        else None,
    )


def _chart(
    graph: nx.Graph,
    results: MapResults,
    places: Mapping[str, tuple[float, float]],
    settings: Settings,
    focus: tuple[str, ...],
    key: str,
    *,
    narrow: bool = False,
) -> None:
    st.session_state[f"{key} graph"] = graph
    colour = settings.colour if any("community" in data for _, data in graph.nodes(data=True)) else "domain"
    option = map_option(
        graph,
        places,
        focus=focus,
        colour_by=colour,
        dark=st.context.theme.type == "dark",
        narrow=narrow,
    )
    st.echarts_chart(
        option,
        height=500 if narrow else 680,
        key=key,
        on_select=lambda: take_click(key),
        renderer="svg" if graph.number_of_nodes() <= SVG_UP_TO else "canvas",
        alt=f"Map of {graph.number_of_nodes()} concepts in {results.found.label} with {graph.number_of_edges()} "
        "edges. The same is in the table of nearest concepts and in the CSV files.",
    )


def _search(results: MapResults, focus: tuple[str, ...]) -> None:
    st.selectbox(
        "Find a concept",
        results.concepts,
        index=None,
        placeholder="Find a concept on the map",
        label_visibility="collapsed",
        **view.show("find on map", focus[0] if len(focus) == 1 else None, _take_search),
    )


def _take_search(found: str | None) -> None:
    view.put(FOCUS, () if found is None else (found,))


def _agreement(results: MapResults, numbers: tuple[int, ...]) -> tuple[int, float | None]:
    """How many communities, and their adjusted Rand index against the domains, where there are any."""
    named = {key: results.drawn.domains[key] for key in results.concepts if key in results.drawn.domains}
    agrees = domain_agreement(numbers, results.concepts, named) if named else None
    return len(set(numbers)), agrees


def _told(
    graph: nx.Graph, results: MapResults, settings: Settings, agreement: tuple[int, float | None] | None
) -> None:
    edges, every = graph.number_of_edges(), len(results.concepts) * (len(results.concepts) - 1) // 2
    parts = [
        f"{graph.number_of_nodes():,} concepts, {edges:,} of {every:,} pairs drawn",
        f"edge width: {MEASURES[settings.measure]}",  # type: ignore[index]
        "diamonds: broader concepts",
        "pointing at one tells its number of experts",
        "a node's place never depends on tau",
    ]
    if agreement is not None:
        count, agrees = agreement
        told = f"{count} communities (by Jaccard at this tau)"
        parts.insert(
            1, told if agrees is None else f"{told}; adjusted Rand index against the domains {agrees:.2f}"
        )
    st.caption(plain(" · ".join(parts)))
    st.caption(plain(" | ".join(caption_lines(results, settings))))


def _hint(graph: nx.Graph, matrix: SimilarityMatrix, results: MapResults) -> None:
    """What to do, and the strongest pairs to begin with."""
    st.markdown("**Click a concept or an edge** to see the evidence. Drag to move the map, scroll to zoom.")
    if not graph.number_of_edges():
        st.info(
            "No pair is left to draw: lower tau or the value below which pairs are left out, or draw more edges.",
            icon=":material/filter_alt_off:",
        )
        return
    draw_strongest(matrix)
    if not any(results.drawn.domains.get(key) for key in matrix.concepts):
        st.caption("This library names no domains: choose the colours of communities to see groups.")


def _both(
    results: MapResults,
    beside: MapResults,
    here: SimilarityMatrix,
    there: SimilarityMatrix,
    focus: tuple[str, ...],
) -> None:
    """The focus in both models."""
    if len(focus) == 2 and set(focus) <= set(beside.concepts):
        st.caption(
            plain(
                f"{focus[0]} and {focus[1]}: {here.between(*focus):.3f} in {results.found.label}, "
                f"{there.between(*focus):.3f} in {beside.found.label}"
            )
        )

"""The drawn graph: what a click on it means, and its files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from expertlens_core import figures
from pages.parts.map.results import MapResults
from pages.shared import view
from pages.shared.choices.map import COLOUR, FOCUS
from pages.shared.show import download

if TYPE_CHECKING:
    import networkx as nx

SVG_UP_TO = 320
"""Concepts that are drawn as shapes of the page; more as a picture, which stays quick."""
_FRAME = "[class*=st-key-map] [data-testid=stFullScreenFrame]"
_LOWER = "{height: 440px !important; flex: none !important}"
PHONE = f"<style>@media (max-width: 640px) {{[class*=st-key-map], {_FRAME}, {_FRAME} > div {_LOWER}}}</style>"
"""The graph is as wide as it is high: in the height of a wide page a phone would show gaps above and below it."""
Item = tuple[str, int]
"""``"node"`` or ``"edge"``, and its number in the chart."""


def draw_graph_chart(
    graph: nx.Graph,
    results: MapResults,
    places: Mapping[str, tuple[float, float]],
    focus: Sequence[str],
    key: str,
    *,
    narrow: bool = False,
) -> None:
    """The graph on the page; a click on a concept or an edge puts it in focus."""
    coloured = any("community" in data for _, data in graph.nodes(data=True))
    option = figures.graph_option(
        graph,
        places,
        focus=focus,
        colour_by=view.get(COLOUR) if coloured else "domain",
        dark=st.context.theme.type == "dark",
        narrow=narrow,
    )
    count = graph.number_of_nodes()

    def take_click() -> None:
        """What was pressed becomes the focus; pressed again, it is let go."""
        now = selected(st.session_state[key])
        before = st.session_state.get(f"{key} before", frozenset())
        st.session_state[f"{key} before"] = now
        if (item := clicked(before, now)) is not None:
            chosen = focus_of(item, graph)
            view.put(FOCUS, () if set(chosen) == set(view.get(FOCUS)) else chosen)

    st.html(PHONE)
    st.echarts_chart(
        option,
        height=500 if narrow else 680,
        key=key,
        on_select=take_click,
        renderer="svg" if count <= SVG_UP_TO else "canvas",
        alt=f"Map of {count} concepts in {results.found.label} with {graph.number_of_edges()} edges. The same is in "
        "the table of nearest concepts and in the CSV files.",
    )


def selected(state: Mapping[str, Any]) -> frozenset[Item]:
    return frozenset(
        (str(group.get("data_type") or "node"), int(number))
        for group in state.get("selection", {}).get("selected", [])
        for number in group.get("data_indices", [])
    )


def clicked(before: frozenset[Item], now: frozenset[Item]) -> Item | None:
    """What was pressed, from the selection before and after.

    A press on what the chart holds for selected takes it away: it was pressed all the same. The chart numbers
    its edges, and after a slider has moved the same number is another edge.
    """
    changed = (now - before) or (before - now)
    return next(iter(changed)) if len(changed) == 1 else None


def focus_of(item: Item, graph: nx.Graph) -> tuple[str, ...]:
    """Keys of the concept or of the pair behind an item; none where the graph has changed since."""
    kind, number = item
    items = list(graph.edges) if kind == "edge" else [(node,) for node in graph.nodes]
    return tuple(graph.nodes[node]["concept"] for node in items[number]) if number < len(items) else ()


def graph_downloads(graph: nx.Graph, results: MapResults) -> None:
    """A button for each format; a file is made when it is asked for."""
    about, places = results.found.about, results.drawn.positions
    title = f"Concepts of {about['library']} in {about['model']}"
    lines = results.lines(f"edge: {results.measure}")
    name = f"concept map, {about['library']} in {about['model']}, {results.measure} {results.tau:.2f}"

    def picture(form: Any) -> bytes:
        return figures.picture(figures.concept_graph_chart(graph, places), form, title=title, lines=lines)

    def page() -> bytes:
        return figures.concept_graph_page(graph, places, title=title, caption=" · ".join(lines)).encode()

    def csv(table: Callable[..., pd.DataFrame], *drawn: Any) -> bytes:
        return table(*drawn).to_csv(index=False).encode("utf-8", "surrogatepass")

    files: dict[str, tuple[str, Callable[[], bytes]]] = {
        "html": ("HTML", page),
        "svg": ("SVG", partial(picture, "svg")),
        "png": ("PNG", partial(picture, "png")),
        "graphml": ("GraphML", partial(figures.graphml, graph, places)),
        "gexf": ("GEXF", partial(figures.gexf, graph, places)),
        "edges.csv": ("Edges as CSV", partial(csv, figures.edge_table, graph)),
        "concepts.csv": ("Concepts as CSV", partial(csv, figures.node_table, graph, places)),
    }
    with st.container(horizontal=True, gap="small"):
        for ending, (label, content) in files.items():
            told = "One page that shows and drags the graph without a network." if ending == "html" else None
            download(label, content, name, ending, f"graph {ending}", told=told)

"""The concept graph as a still picture: for SVG and PNG, and for a page that needs no clicks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import altair as alt
import pandas as pd

from .colours import REST as NONE
from .concept_graph_files import edge_table, node_table
from .domain_palette import domain_colours
from .printable import printable

if TYPE_CHECKING:
    import networkx as nx

NAMED = 120
"""Up to so many concepts, each is named; beyond, the broader ones and those with the strongest edges."""


def concept_graph_chart(
    graph: nx.Graph, positions: Mapping[str, Sequence[float]], *, size: int = 640
) -> alt.LayerChart:
    """Nodes coloured by domain, broader concepts as diamonds, edges as wide as the similarity.

    Args:
        graph: of `concept_graph`.
        positions: concept → place in the square [-1, 1] x [-1, 1].
        size: width and height in pixels.
    """
    nodes, edges = node_table(graph, positions), edge_table(graph)
    for table, columns in ((nodes, ["concept", "domain"]), (edges, ["first", "second"])):
        table[columns] = table[columns].map(printable)
    place = nodes.set_index("id")[["x", "y"]]
    for end, suffix in (("source", ""), ("target", "2")):
        for axis in ("x", "y"):
            edges[f"{axis}{suffix}"] = edges[end].map(place[axis]).astype(float)
    colours = domain_colours(nodes["domain"])
    nodes["shown"] = nodes["domain"].where(nodes["domain"] != "", "no domain")
    domains = [domain for domain in colours if domain] + (
        ["no domain"] if (nodes["domain"] == "").any() else []
    )
    nodes["named"] = _named(nodes, edges)
    axes = {
        "x": alt.X("x:Q", axis=None, scale=_scale(nodes["x"])),
        "y": alt.Y("y:Q", axis=None, scale=_scale(nodes["y"])),
    }
    lines = (
        alt.Chart(edges)
        .mark_rule(color="#adb5bd", opacity=0.6)
        .encode(
            **axes,
            x2="x2:Q",
            y2="y2:Q",
            strokeWidth=alt.StrokeWidth("weight:Q", scale=alt.Scale(range=[0.3, 6]), legend=None),
            tooltip=["first:N", "second:N", alt.Tooltip("value:Q", format=".3f")],
        )
    )
    points = (
        alt.Chart(nodes)
        .mark_point(filled=True, opacity=1, stroke="white", strokeWidth=0.5)
        .encode(
            **axes,
            color=alt.Color(
                "shown:N",
                title="domain",
                scale=alt.Scale(domain=domains, range=[colours.get(domain, NONE) for domain in domains]),
                legend=alt.Legend(symbolLimit=60, columns=1 + len(domains) // 30),
            ),
            shape=alt.Shape(
                "broader:N", scale=alt.Scale(domain=[False, True], range=["circle", "diamond"]), legend=None
            ),
            size=alt.condition("datum.broader", alt.value(220), alt.value(70)),
            tooltip=["concept:N", "domain:N", *(["experts:Q"] if "experts" in nodes else [])],
        )
    )
    names = (
        alt.Chart(nodes[nodes["named"]])
        .mark_text(dy=-9, fontSize=10)
        .encode(
            **axes,
            text="concept:N",
            opacity=alt.condition("datum.broader", alt.value(1.0), alt.value(0.85)),
        )
    )
    return alt.LayerChart(layer=[lines, points, names]).properties(width=size, height=size)


def _scale(places: pd.Series) -> alt.Scale:
    """From the first place to the last, with a margin for names."""
    low, high = float(places.min()), float(places.max())
    margin = 0.06 * (high - low) or 1.0
    return alt.Scale(domain=[low - margin, high + margin], nice=False, zero=False)


def _named(nodes: pd.DataFrame, edges: pd.DataFrame) -> pd.Series:
    if len(nodes) <= NAMED:
        return pd.Series(True, index=nodes.index)
    strength = pd.concat([edges.groupby(end)["weight"].max() for end in ("source", "target")], axis=1).max(
        axis=1
    )
    strongest = nodes["id"].map(strength).fillna(0.0).rank(ascending=False, method="first") <= NAMED
    return strongest | nodes["broader"].astype(bool)

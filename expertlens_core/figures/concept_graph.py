"""The concept graph as files for other tools, as tables, and as a still picture.

`concept_graph_page` draws it as a page that moves. Positions map each concept to its place in the square
[-1, 1] x [-1, 1].
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import altair as alt
import pandas as pd

from .colours import domain_colours
from .encoding import tooltip
from .text import printable

if TYPE_CHECKING:
    import networkx as nx

EDGES = "#adb5bd"
"""Colour of the edges."""
_NAMED = 120
"""Up to so many concepts, each is named; beyond, the broader ones and those with the strongest edges."""
_SIZE = 640

Positions = Mapping[str, Sequence[float]]


def node_table(graph: nx.Graph, positions: Positions) -> pd.DataFrame:
    """One row per concept: ``id, concept, domain, broader, experts, community, x, y`` where known."""
    rows = [
        {"id": number, **data, "x": positions[data["concept"]][0], "y": positions[data["concept"]][1]}
        for number, data in graph.nodes(data=True)
    ]
    return pd.DataFrame(rows)


def edge_table(graph: nx.Graph) -> pd.DataFrame:
    """One row per edge, most alike first: ``source, target, first, second, weight, value``."""
    names = dict(graph.nodes(data="concept"))
    rows = [
        (first, second, names[first], names[second], data["weight"], data["value"])
        for first, second, data in graph.edges(data=True)
    ]
    table = pd.DataFrame(rows, columns=["source", "target", "first", "second", "weight", "value"])
    return table.sort_values("weight", ascending=False, kind="stable", ignore_index=True)


def graphml(graph: nx.Graph, positions: Positions) -> bytes:
    """GraphML with every attribute and the places as ``x`` and ``y``."""
    import networkx as nx

    target = io.BytesIO()
    nx.write_graphml_xml(_clean(graph, positions), target)
    return target.getvalue()


def gexf(graph: nx.Graph, positions: Positions) -> bytes:
    """GEXF, for Gephi: labels, colours by domain, and places."""
    import networkx as nx

    made = _clean(graph, positions)
    colours = domain_colours(domain for _, domain in graph.nodes(data="domain"))
    for number, data in made.nodes(data=True):
        red, green, blue = bytes.fromhex(colours[graph.nodes[number]["domain"]][1:])
        data["label"] = data["concept"]
        data["viz"] = {
            "position": {"x": 1000 * data.pop("x"), "y": -1000 * data.pop("y"), "z": 0.0},
            "color": {"r": red, "g": green, "b": blue, "a": 1.0},
        }
    target = io.BytesIO()
    nx.write_gexf(made, target)
    return target.getvalue()


def _clean(graph: nx.Graph, positions: Positions) -> nx.Graph:
    """A copy with places, in which no text holds a character that XML forbids."""
    made = graph.copy()
    for data in (made.graph, *(d for _, d in made.nodes(data=True)), *(d for *_, d in made.edges(data=True))):
        data.update({name: printable(value) for name, value in data.items() if isinstance(value, str)})
    for number, concept in graph.nodes(data="concept"):
        x, y = positions[concept]
        made.nodes[number].update(x=float(x), y=float(y))
    return made


def concept_graph_chart(graph: nx.Graph, positions: Positions) -> alt.LayerChart:
    """Nodes coloured by domain, broader concepts as diamonds, edges as wide as the similarity."""
    nodes, edges = node_table(graph, positions), edge_table(graph)
    for table, columns in ((nodes, ["concept", "domain"]), (edges, ["first", "second"])):
        table[columns] = table[columns].map(printable)
    for end, suffix in (("source", ""), ("target", "2")):
        for axis in ("x", "y"):
            edges[axis + suffix] = edges[end].map(nodes.set_index("id")[axis]).astype(float)
    colours = domain_colours(nodes["domain"])
    if (nodes["domain"] != "").all():
        del colours[""]
    else:
        colours["no domain"] = colours.pop("")
    nodes["shown"] = nodes["domain"].where(nodes["domain"] != "", "no domain")
    ends = pd.concat([edges.set_index(end)["weight"] for end in ("source", "target")])
    strongest = nodes["id"].map(ends.groupby(level=0).max()).fillna(0.0)
    named = (strongest.rank(ascending=False, method="first") <= _NAMED) | nodes["broader"].astype(bool)
    axes = {
        "x": alt.X("x:Q", axis=None, scale=_scale(nodes["x"])),
        "y": alt.Y("y:Q", axis=None, scale=_scale(nodes["y"])),
    }
    widths = alt.StrokeWidth("weight:Q", scale=alt.Scale(range=[0.3, 6]), legend=None)
    told = tooltip(("first:N", ""), ("second:N", ""), ("value:Q", "", ".3f"))
    lines = alt.Chart(edges).mark_rule(color=EDGES, opacity=0.6)
    domains = alt.Color(
        "shown:N",
        title="domain",
        scale=alt.Scale(domain=list(colours), range=list(colours.values())),
        legend=alt.Legend(symbolLimit=60, columns=1 + len(colours) // 30),
    )
    shapes = alt.Scale(domain=[False, True], range=["circle", "diamond"])
    points = alt.Chart(nodes).mark_point(filled=True, opacity=1, stroke="white", strokeWidth=0.5)
    names = alt.Chart(nodes[named]).mark_text(dy=-9, fontSize=10)
    layers = [
        lines.encode(**axes, x2="x2:Q", y2="y2:Q", strokeWidth=widths, tooltip=told),
        points.encode(
            **axes,
            color=domains,
            shape=alt.Shape("broader:N", scale=shapes, legend=None),
            size=alt.condition("datum.broader", alt.value(220), alt.value(70)),
            tooltip=["concept:N", "domain:N", *(["experts:Q"] if "experts" in nodes else [])],
        ),
        names.encode(
            **axes, text="concept:N", opacity=alt.condition("datum.broader", alt.value(1.0), alt.value(0.85))
        ),
    ]
    return alt.LayerChart(layer=layers).properties(width=_SIZE, height=_SIZE)


def _scale(places: pd.Series) -> alt.Scale:
    """From the first place to the last, with a margin for names."""
    low, high = float(places.min()), float(places.max())
    margin = 0.06 * (high - low) or 1.0
    return alt.Scale(domain=[low - margin, high + margin], nice=False, zero=False)

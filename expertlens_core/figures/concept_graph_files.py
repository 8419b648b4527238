"""The concept graph as files for other tools: GraphML, GEXF, and tables of nodes and edges."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from .domain_palette import domain_colours
from .printable import printable

if TYPE_CHECKING:
    import networkx as nx


def node_table(graph: nx.Graph, positions: Mapping[str, Sequence[float]]) -> pd.DataFrame:
    """One row per concept: ``id, concept, domain, broader, experts, community, x, y`` where known."""
    rows = [
        {"id": number, **data, "x": positions[data["concept"]][0], "y": positions[data["concept"]][1]}
        for number, data in graph.nodes(data=True)
    ]
    return pd.DataFrame(rows)


def edge_table(graph: nx.Graph) -> pd.DataFrame:
    """One row per edge, most alike first: ``source, target, first, second, weight, value``."""
    rows = [
        {
            "source": first,
            "target": second,
            "first": graph.nodes[first]["concept"],
            "second": graph.nodes[second]["concept"],
            "weight": data["weight"],
            "value": data["value"],
        }
        for first, second, data in graph.edges(data=True)
    ]
    table = pd.DataFrame(rows, columns=["source", "target", "first", "second", "weight", "value"])
    return table.sort_values("weight", ascending=False, kind="stable", ignore_index=True)


def graphml(graph: nx.Graph, positions: Mapping[str, Sequence[float]]) -> bytes:
    """GraphML with every attribute and the places as ``x`` and ``y``."""
    import networkx as nx

    target = io.BytesIO()
    nx.write_graphml_xml(_clean(graph, positions), target)
    return target.getvalue()


def gexf(graph: nx.Graph, positions: Mapping[str, Sequence[float]]) -> bytes:
    """GEXF, for Gephi: labels, colours by domain, and places."""
    import networkx as nx

    made = _clean(graph, positions)
    colours = domain_colours(data["domain"] for _, data in graph.nodes(data=True))
    for number, data in made.nodes(data=True):
        colour = colours[graph.nodes[number]["domain"]]
        red, green, blue = (int(colour[place : place + 2], 16) for place in (1, 3, 5))
        data["label"] = data["concept"]
        data["viz"] = {
            "position": {"x": 1000 * data.pop("x"), "y": -1000 * data.pop("y"), "z": 0.0},
            "color": {"r": red, "g": green, "b": blue, "a": 1.0},
        }
    target = io.BytesIO()
    nx.write_gexf(made, target)
    return target.getvalue()


def _clean(graph: nx.Graph, positions: Mapping[str, Sequence[float]]) -> nx.Graph:
    """A copy with places, in which no text holds a character that XML forbids."""
    made = graph.copy()
    for data in (made.graph, *(d for _, d in made.nodes(data=True)), *(d for *_, d in made.edges(data=True))):
        for name, value in data.items():
            if isinstance(value, str):
                data[name] = printable(value)
    for number, data in graph.nodes(data=True):
        x, y = positions[data["concept"]]
        made.nodes[number]["x"], made.nodes[number]["y"] = float(x), float(y)
    return made

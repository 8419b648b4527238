"""The concept graph as an ECharts option: a plain dictionary, in which every name is a text to be drawn.

Tooltips are drawn as text too (`renderMode` richText): in HTML a concept's name could bring markup along.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from expertlens_core.figures import domain_colours, printable

if TYPE_CHECKING:
    import networkx as nx

NO_DOMAIN = "no domain"
SHAPES = ("circle", "rect", "triangle", "pin")
"""The palette comes round again after twenty domains; the shape then tells them apart. Diamonds are broader."""
ROUND = 20
COMMUNITIES = 20
"""The palette's length: further communities share the grey of what has no domain."""
WIDE = 1.1
"""Width of the map / its height."""
NAMED = 400
"""Up to so many concepts, each name is drawn where there is room; beyond, those of broader concepts and the focus."""
MOST_ROWS = 4
"""Rows of the legend; with more domains it turns pages."""
_INK = {
    "light": {"text": "#1b2333", "edge": "#8a94a3", "strong": "#343a40", "paper": "#ffffff"},
    "dark": {"text": "#e6e9f0", "edge": "#7b8494", "strong": "#f1f3f5", "paper": "#12151c"},
}


def map_option(
    graph: nx.Graph,
    positions: Mapping[str, Sequence[float]],
    *,
    focus: Sequence[str] = (),
    colour_by: str = "domain",
    dark: bool = False,
    narrow: bool = False,
) -> dict[str, Any]:
    """Nodes where they belong, edges as wide as the similarity, the focus in front.

    Node and link numbers in a selection are places in ``graph.nodes`` and ``graph.edges``.

    Args:
        graph: of `concept_graph`.
        positions: concept → place in the square [-1, 1] x [-1, 1].
        focus: keys of the concepts whose evidence is shown: one, or the two of an edge.
        colour_by: ``"domain"`` or ``"community"`` (where the nodes have one).
        dark: for a dark page.
        narrow: for half the width: smaller names.
    """
    ink = _INK["dark" if dark else "light"]
    groups = {number: _group(data, colour_by) for number, data in graph.nodes(data=True)}
    ordered = sorted(set(groups.values()), key=_order) if colour_by == "community" else list(groups.values())
    colours = domain_colours(ordered)
    names = [name for name in colours if name] + ([""] if "" in groups.values() else [])
    numbered = {name: place for place, name in enumerate(names)}
    chosen = {number for number, data in graph.nodes(data=True) if data["concept"] in focus}
    near = _near(graph, chosen) if chosen else set(graph.nodes)
    count = graph.number_of_nodes()
    rows = _legend_rows(names, 430 if narrow else 900)
    size = max(6.0, min(18.0, 150 / max(count, 1) ** 0.5)) * (0.85 if narrow else 1.0)
    return {
        "animation": False,
        "tooltip": {"renderMode": "richText", "confine": True, "valueFormatter": "localized"},
        "legend": {
            "data": [{"name": name or NO_DOMAIN, "icon": _shape(numbered[name], name)} for name in names],
            "type": "plain" if rows <= MOST_ROWS else "scroll",
            "bottom": 0,
            "itemGap": 10,
            "textStyle": {"color": ink["text"]},
            "pageTextStyle": {"color": ink["text"]},
        },
        "series": [
            {
                "type": "graph",
                "layout": "none",
                "roam": True,
                "scaleLimit": {"min": 0.6, "max": 12},
                "nodeScaleRatio": 0.4,
                "left": 36,
                "right": 36,
                "top": 20,
                "preserveAspect": "contain",
                "bottom": 36 + 22 * (rows if rows <= MOST_ROWS else 1),
                "selectedMode": "single",
                "categories": [
                    {"name": name or NO_DOMAIN, "itemStyle": {"color": colours[name]}} for name in names
                ],
                "data": [
                    _node(
                        data,
                        (
                            positions[data["concept"]][0] * (1.0 if narrow else WIDE),
                            positions[data["concept"]][1],
                        ),
                        numbered[groups[number]],
                        size,
                        shape=_shape(numbered[groups[number]], groups[number]),
                        strong=number in chosen,
                        faint=number not in near,
                        ink=ink,
                        named=count <= NAMED or data["broader"] or (bool(chosen) and number in near),
                    )
                    for number, data in graph.nodes(data=True)
                ],
                "links": _links(graph, chosen, ink),
                "label": {
                    "show": True,
                    "position": "top",
                    "distance": 2,
                    "color": ink["text"],
                    "fontSize": max(9, min(12, 15 - count // 50)) - (1 if narrow else 0),
                    "textBorderColor": ink["paper"],
                    "textBorderWidth": 2,
                },
                "labelLayout": {"hideOverlap": True},
                "emphasis": {
                    "label": {"show": True, "fontWeight": "bold"},
                    "lineStyle": {"color": ink["strong"]},
                },
            }
        ],
    }


def _node(
    data: Mapping[str, Any],
    place: Sequence[float],
    category: int,
    size: float,
    *,
    shape: str,
    strong: bool,
    faint: bool,
    named: bool,
    ink: Mapping[str, str],
) -> dict[str, Any]:
    border = {
        "borderColor": ink["strong"] if strong or data["broader"] else ink["paper"],
        "borderWidth": 3 if strong else 1.5 if data["broader"] else 0.5,
    }
    node: dict[str, Any] = {
        "id": str(data["concept"]),
        "name": printable(data["concept"]),
        "x": round(1000 * float(place[0]), 1),
        "y": round(-1000 * float(place[1]), 1),
        "category": category,
        "symbol": "diamond" if data["broader"] else shape,
        "symbolSize": round(size * (1.7 if data["broader"] else 1.0) * (1.3 if strong else 1.0), 1),
        "itemStyle": {**border, "opacity": 0.25 if faint else 1.0},
        # What ECharts holds for selected is the last click; what is in front here is the focus.
        "select": {"itemStyle": border, "label": {"show": True}},
        "label": {"opacity": 0.35 if faint else 1.0}
        | ({"fontWeight": "bold"} if strong or data["broader"] else {})
        | ({} if named or strong else {"show": False}),
    }
    if "experts" in data:
        node["value"] = data["experts"]
    return node


def _links(graph: nx.Graph, chosen: set[int], ink: Mapping[str, str]) -> list[dict[str, Any]]:
    place = {number: row for row, number in enumerate(graph.nodes)}
    weights = [data["weight"] for _, _, data in graph.edges(data=True)]
    most = max(weights, default=1.0) or 1.0
    widest = max(1.5, min(6.0, 60 / max(len(weights), 1) ** 0.5))
    links = []
    for first, second, data in graph.edges(data=True):
        inside = len({first, second} & chosen)
        front = inside == len(chosen) if len(chosen) == 2 else inside == 1
        style = {
            "width": round(0.3 + widest * data["weight"] / most, 2),
            "color": ink["strong"] if chosen and front else ink["edge"],
            "opacity": 0.9 if chosen and front else 0.12 if chosen else 0.45,
        }
        links.append(
            {
                "source": place[first],
                "target": place[second],
                "value": round(data["value"], 4),
                "lineStyle": style,
                "select": {"lineStyle": style},
            }
        )
    return links


def _near(graph: nx.Graph, chosen: set[int]) -> set[int]:
    if len(chosen) > 1:
        return chosen
    return chosen | {other for number in chosen for other in graph.neighbors(number)}


def _shape(place: int, name: str) -> str:
    return SHAPES[place // ROUND % len(SHAPES)] if name else "circle"


def _legend_rows(names: Sequence[str], width: int) -> int:
    """About how many rows the legend takes."""
    rows, used = 1, 0.0
    for name in names:
        long = 46 + 6.5 * len(name or NO_DOMAIN)
        if used + long > width:
            rows, used = rows + 1, 0.0
        used += long
    return rows


def _group(data: Mapping[str, Any], colour_by: str) -> str:
    if colour_by == "community" and "community" in data:
        number = int(data["community"])
        return f"community {number + 1}" if number < COMMUNITIES else ""
    return str(data["domain"])


def _order(name: str) -> tuple[int, int]:
    return (0, int(name.rpartition(" ")[2])) if name else (1, 0)

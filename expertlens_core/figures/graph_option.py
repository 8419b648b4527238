"""The concept graph as an ECharts option: a plain dictionary, in which every name is text to be drawn.

Tooltips are drawn as text too (`renderMode` richText): in HTML a concept's name could bring markup along.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .colours import domain_colours
from .text import printable

if TYPE_CHECKING:
    import networkx as nx

NO_DOMAIN = "no domain"
SHAPES = ("circle", "rect", "triangle", "pin")
"""The palette comes round again after twenty domains; the shape then tells them apart. Diamonds are broader."""
PALETTE = 20
"""Colours of the palette: communities beyond it share the grey of what has no domain."""
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


def graph_option(
    graph: nx.Graph,
    positions: Mapping[str, Sequence[float]],
    *,
    focus: Collection[str] = (),
    colour_by: str = "domain",
    dark: bool = False,
    narrow: bool = False,
) -> dict[str, Any]:
    """Nodes in their places, edges as wide as the similarity, the focus in front.

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
    ordered: Collection[str] = groups.values()
    if colour_by == "community":  # by number, what has none last
        ordered = sorted(set(ordered), key=lambda name: (not name, int(name.rpartition(" ")[2] or 0)))
    colours = domain_colours(ordered)
    names = [name for name in colours if name] + [""] * ("" in groups.values())
    shapes = {
        name: SHAPES[place // PALETTE % len(SHAPES)] if name else "circle" for place, name in enumerate(names)
    }
    chosen = {number for number, concept in graph.nodes(data="concept") if concept in focus}
    near = chosen or set(graph.nodes)
    if len(chosen) == 1:
        near = chosen.union(*map(graph.neighbors, chosen))
    count = graph.number_of_nodes()
    size = max(6.0, min(18.0, 150 / max(count, 1) ** 0.5)) * (0.85 if narrow else 1.0)
    rows = _legend_rows(names, 430 if narrow else 900)

    def node(number: int, data: Mapping[str, Any]) -> dict[str, Any]:
        strong, broader, group = number in chosen, data["broader"], groups[number]
        x, y = positions[data["concept"]]
        border = {
            "borderColor": ink["strong"] if strong or broader else ink["paper"],
            "borderWidth": 3 if strong else 1.5 if broader else 0.5,
        }
        label: dict[str, Any] = {"opacity": 1.0 if number in near else 0.35}
        if strong or broader:
            label["fontWeight"] = "bold"
        elif count > NAMED and not (chosen and number in near):
            label["show"] = False
        return {
            "id": str(data["concept"]),
            "name": printable(data["concept"]),
            "x": round(1000 * float(x) * (1.0 if narrow else WIDE), 1),
            "y": round(-1000 * float(y), 1),
            "category": names.index(group),
            "symbol": "diamond" if broader else shapes[group],
            "symbolSize": round(size * (1.7 if broader else 1.0) * (1.3 if strong else 1.0), 1),
            "itemStyle": {**border, "opacity": 1.0 if number in near else 0.25},
            # What ECharts holds for selected is the last click; what is in front here is the focus.
            "select": {"itemStyle": border, "label": {"show": True}},
            "label": label,
            **({"value": data["experts"]} if "experts" in data else {}),
        }

    series = {
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
        "categories": [{"name": name or NO_DOMAIN, "itemStyle": {"color": colours[name]}} for name in names],
        "data": [node(number, data) for number, data in graph.nodes(data=True)],
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
    legend = {
        "data": [{"name": name or NO_DOMAIN, "icon": shapes[name]} for name in names],
        "type": "plain" if rows <= MOST_ROWS else "scroll",
        "bottom": 0,
        "itemGap": 10,
        "textStyle": {"color": ink["text"]},
        "pageTextStyle": {"color": ink["text"]},
    }
    told = {"renderMode": "richText", "confine": True, "valueFormatter": "localized"}
    return {"animation": False, "tooltip": told, "legend": legend, "series": [series]}


def _links(graph: nx.Graph, chosen: set[int], ink: Mapping[str, str]) -> list[dict[str, Any]]:
    place = {number: row for row, number in enumerate(graph.nodes)}
    most = max((weight for *_, weight in graph.edges(data="weight")), default=1.0) or 1.0
    widest = max(1.5, min(6.0, 60 / max(graph.number_of_edges(), 1) ** 0.5))
    links = []
    for first, second, data in graph.edges(data=True):
        # Of a pair the edge between the two, of a concept all its edges.
        front = bool(chosen) and len({first, second} & chosen) == len(chosen)
        style = {
            "width": round(0.3 + widest * data["weight"] / most, 2),
            "color": ink["strong"] if front else ink["edge"],
            "opacity": 0.9 if front else 0.12 if chosen else 0.45,
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
    """Name of what colours a node; empty for grey."""
    if colour_by == "community" and "community" in data:
        number = int(data["community"])
        return f"community {number + 1}" if number < PALETTE else ""
    return str(data["domain"])

"""The concept graph as one offline HTML page, drawn by pyvis's own copy of vis-network.

Names are any text. They reach the page as JSON strings in which no ``<`` stands, are drawn on a canvas, and
tooltips are set as text; what stands in HTML is escaped. Nothing is loaded from anywhere: bootstrap, which
pyvis always links to, is cut out, and a policy in the page's head forbids every request.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from .colours import domain_colours
from .concept_graph import EDGES, Positions
from .text import printable

if TYPE_CHECKING:
    import networkx as nx

_SPREAD = 55
"""Half the height of the map in pixels, per square root of the number of concepts; it is half as wide again."""
_EXTERNAL = re.compile(
    r"<!--.*?-->|<link\b[^>]*>|<script\b[^>]*\bsrc\s*=[^>]*>\s*</script>|<center>.*?</center>", re.DOTALL
)
_POLICY = (
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; script-src 'unsafe-inline'; "
    "style-src 'unsafe-inline'; img-src data:\">"
)
_STYLE = """<style>
body { margin: 0; font-family: sans-serif; color: #1b2333; background: #fff; }
header, footer { padding: 8px 16px; } h1 { font-size: 1.2rem; margin: 0; } .card { border: 0 !important; }
#mynetwork { float: none !important; border: 0 !important; }
.key { display: inline-block; margin-right: 12px; } .dot { display: inline-block; width: 10px; height: 10px;
border-radius: 5px; margin-right: 4px; }
</style>"""
_TOOLTIPS = """<script>
for (const set of [nodes, edges]) set.update(set.get().map(item => ({id: item.id, title: item.told})));
network.fit();
</script>"""
_OPTIONS = {
    "physics": {"enabled": False},
    "interaction": {"hover": True, "tooltipDelay": 80, "hideEdgesOnDrag": True},
    "edges": {"smooth": False, "selectionWidth": 1.5},
}


def concept_graph_page(
    graph: nx.Graph, positions: Positions, *, title: str = "Concept map", caption: str = ""
) -> str:
    """The graph as a page that shows and drags it without a network.

    Node = concept, colour = domain, diamond = broader concept, edge width = similarity; pointing at either
    tells more. The heading and the caption, what the picture was made from, may be any text.
    """
    from pyvis.network import Network

    network = Network(height="82vh", width="100%", cdn_resources="in_line", bgcolor="#ffffff")
    colours = domain_colours(domain for _, domain in graph.nodes(data="domain"))
    spread = _SPREAD * max(graph.number_of_nodes(), 36) ** 0.5
    for number, data in graph.nodes(data=True):
        x, y = positions[data["concept"]]
        network.add_node(
            int(number),
            label=printable(data["concept"]),
            told=printable(_node_text(data)),
            x=round(1.5 * spread * float(x), 1),
            y=round(-spread * float(y), 1),
            color=colours[data["domain"]],
            shape="diamond" if data["broader"] else "dot",
            size=16 if data["broader"] else 10,
            font={"size": 16, "bold": bool(data["broader"])},
        )
    names = graph.nodes(data="concept")
    most = max((weight for *_, weight in graph.edges(data="weight")), default=1.0) or 1.0
    for first, second, data in graph.edges(data=True):
        network.add_edge(
            int(first),
            int(second),
            width=round(0.4 + 7 * data["weight"] / most, 2),
            told=printable(f"{names[first]} – {names[second]}: {data['value']:.3f}"),
            color={"color": EDGES, "highlight": "#495057", "opacity": 0.7},
        )
    network.set_options(json.dumps(_OPTIONS))
    return _finished(network.generate_html(), title, caption, colours)


def _finished(page: str, title: str, caption: str, colours: Mapping[str, str]) -> str:
    """pyvis's page without anything that names another place, and with our words."""
    # Inline scripts are left as they are.
    parts = re.split(r"(<script\b(?![^>]*\bsrc\s*=)[^>]*>.*?</script>)", page, flags=re.DOTALL)
    page = "".join(part if number % 2 else _EXTERNAL.sub("", part) for number, part in enumerate(parts))
    title, caption = _escaped(title), _escaped(caption)
    keys = "".join(
        f'<span class="key"><span class="dot" style="background:{colour}"></span>{_escaped(domain)}</span>'
        for domain, colour in colours.items()
        if domain
    )
    head = f'<meta charset="utf-8">{_POLICY}<title>{title}</title>{_STYLE}'
    page = page.replace('<meta charset="utf-8">', head, 1)
    page = page.replace("<body>", f"<body><header><h1>{title}</h1></header>", 1)
    body, end, rest = page.rpartition("</body>")
    footer = f"{_TOOLTIPS}<footer><p>{keys}</p><p>{caption}</p></footer>"
    return f"<!doctype html>\n{body}{footer}{end}{rest}"


def _escaped(text: str) -> str:
    return html.escape(printable(text))


def _node_text(data: Mapping[str, object]) -> str:
    parts = [str(data["concept"])]
    if data["domain"]:
        parts.append(f"{data['domain']}{' (broader concept)' if data['broader'] else ''}")
    if "experts" in data:
        parts.append(f"{data['experts']} experts")
    if "community" in data:
        parts.append(f"community {data['community']}")
    return "\n".join(parts)

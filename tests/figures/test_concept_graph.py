"""The graph as page, files and picture: nothing from outside, names as text."""

import io
import json
import re
from html.parser import HTMLParser

import networkx as nx
import numpy as np
import pytest

from expertlens_core import figures
from expertlens_core.analysis.concept_graph import concept_graph
from expertlens_core.analysis.similarity_matrix import SimilarityMatrix

HOSTILE = (
    "<img src=x onerror=alert(1)>",
    '"</script>',
    '<a href="javascript:alert(1)">x</a>',
    "a'b\\\x01",
    '"]; alert(1); ["',
    "=1+1",
)


@pytest.fixture(scope="module")
def graph():
    values = np.random.default_rng(0).random((6, 6))
    matrix = SimilarityMatrix(HOSTILE, "jaccard", 0.5, (values + values.T) / 2, set_sizes=np.arange(6))
    domains = {name: HOSTILE[number // 3] for number, name in enumerate(HOSTILE[:5])}
    return concept_graph(matrix, domains=domains, broader=HOSTILE[:1])


@pytest.fixture(scope="module")
def places(graph):
    return {name: (np.cos(number), np.sin(number)) for number, name in enumerate(HOSTILE)}


@pytest.fixture(scope="module")
def page(graph, places):
    return figures.concept_graph_page(graph, places, title=HOSTILE[0], caption=HOSTILE[1] + HOSTILE[2])


class Elements(HTMLParser):
    """Every element with its attributes."""

    def __init__(self, page):
        super().__init__()
        self.found = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def test_the_page_loads_nothing(page):
    elements = Elements(page).found
    assert [(tag, a) for tag, a in elements if {"src", "href"} & set(a)] == []
    assert not {"link", "img", "iframe", "a"} & {tag for tag, _ in elements}
    assert "bootstrap" not in page
    assert "popup.innerHTML" not in page
    assert next(a["content"] for tag, a in elements if tag == "meta" and "content" in a).startswith(
        "default-src 'none'"
    )
    assert page.count("vis.Network(") == 1, "the drawing itself is there"


def test_pyvis_alone_would_load_bootstrap_and_read_a_tooltip_as_html():
    """The contrast: what the page is kept free of."""
    from pyvis.network import Network

    made = []
    for title in ("plain", HOSTILE[2]):
        bare = Network(cdn_resources="in_line")
        bare.add_node(0, label="a", title=title)
        made.append(bare.generate_html())
    assert all(any("bootstrap" in a.get("href", "") for _, a in Elements(page).found) for page in made)
    assert "popup.innerHTML" not in made[0]
    assert "popup.innerHTML" in made[1]


def test_names_are_data_not_markup(page, graph):
    nodes = json.loads(re.search(r"nodes = new vis\.DataSet\((\[.*?\])\);", page)[1])
    assert [node["id"] for node in nodes] == list(range(6))
    assert [node["label"] for node in nodes] == [figures.printable(name) for name in HOSTILE]
    assert "<img src=x" not in page
    assert all("title" not in node for node in nodes), "pyvis would read one with href as HTML"
    assert nodes[0]["shape"] == "diamond"
    assert nodes[1]["shape"] == "dot"
    edges = json.loads(re.search(r"edges = new vis\.DataSet\((\[.*?\])\);", page)[1])
    assert len(edges) == graph.number_of_edges()
    widest = max(edges, key=lambda edge: edge["width"])
    strongest = max(graph.edges(data=True), key=lambda edge: edge[2]["weight"])
    assert {widest["from"], widest["to"]} == set(strongest[:2])


def test_a_browser_shows_names_as_text_and_asks_for_nothing(page, tmp_path, chromium):
    file = tmp_path / "graph.html"
    file.write_text(page, encoding="utf-8")
    tab = chromium.new_page()
    asked, said = [], []
    tab.on("request", lambda request: asked.append(request.url))
    tab.on("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    tab.on("console", lambda message: said.append(message.text))
    tab.on("pageerror", lambda error: said.append(str(error)))
    tab.goto(file.as_uri())
    tab.wait_for_function("typeof network !== 'undefined' && nodes.get(2).title !== undefined")
    x, y = tab.evaluate(
        "(() => { const p = network.canvasToDOM(network.getPosition(2)); const r = "
        "document.querySelector('#mynetwork canvas').getBoundingClientRect(); "
        "return [p.x + r.left, p.y + r.top]; })()"
    )
    tab.mouse.move(x - 3, y - 3)
    tab.mouse.move(x, y)
    tab.wait_for_selector(".vis-tooltip", state="visible")
    tip = tab.evaluate("document.querySelector('.vis-tooltip').textContent")
    assert tip.startswith(HOSTILE[2])
    assert tab.evaluate("document.images.length + document.links.length") == 0
    assert tab.title() == tab.inner_text("h1") == HOSTILE[0]
    tab.close()
    assert asked == [file.as_uri()]
    assert said == []


def test_graphml_and_gexf_come_back(graph, places):
    for read, content in (
        (nx.read_graphml, figures.graphml(graph, places)),
        (nx.read_gexf, figures.gexf(graph, places)),
    ):
        back = read(io.BytesIO(content))
        names = [data["concept"] for _, data in back.nodes(data=True)]
        assert names == [figures.printable(name) for name in HOSTILE]
        assert back.number_of_edges() == graph.number_of_edges()
        assert b"<img" not in content
    assert graph.nodes[3]["concept"] == HOSTILE[3], "the graph itself is left alone"


def test_tables_hold_nodes_and_edges(graph, places):
    nodes, edges = figures.node_table(graph, places), figures.edge_table(graph)
    assert list(nodes["concept"]) == list(HOSTILE)
    assert list(nodes["experts"]) == list(range(6))
    assert edges["weight"].is_monotonic_decreasing
    assert edges.loc[0, "first"] == HOSTILE[edges.loc[0, "source"]]
    assert figures.edge_table(nx.Graph()).empty


def test_the_picture_draws_hostile_names_as_text(graph, places):
    svg = figures.picture(figures.concept_graph_chart(graph, places), "svg").decode()
    assert "<img" not in svg
    assert "&lt;img src=x" in svg
    lone = nx.Graph()
    lone.add_node(0, concept="alone", domain="", broader=False)
    assert "alone" in figures.picture(figures.concept_graph_chart(lone, {"alone": (0, 0)}), "svg").decode()


def test_of_many_concepts_the_broader_ones_and_those_with_the_strongest_edges_are_named():
    values = np.diag(np.full(149, 0.1), 1)
    values[:100, :100] += 0.5
    names = tuple(f"c{i}" for i in range(150))
    matrix = SimilarityMatrix(names, "jaccard", 0.5, np.triu(values, 1) + np.triu(values, 1).T)
    graph = concept_graph(matrix, top_edges=4000, broader=names[-1:])
    spec = figures.concept_graph_chart(graph, {name: (i, i % 7) for i, name in enumerate(names)}).to_dict()
    named = [row["concept"] for row in spec["datasets"][spec["layer"][2]["data"]["name"]]]
    assert len(named) == 121
    assert {*names[:100], names[-1]} <= set(named)


def test_domains_keep_their_colours():
    colours = figures.domain_colours(["animals", "", "plants", "animals"])
    assert len({*colours.values()}) == 3
    assert figures.domain_colours(["animals", "plants", "more"])["plants"] == colours["plants"]

"""The Concept map's drawing: what a click on it means, and what it holds."""

import json

import networkx as nx
import numpy as np
import pytest

from expertlens_core.analysis.concept_graph import concept_graph
from expertlens_core.analysis.pair import pair_evidence
from expertlens_core.analysis.similarity_matrix import SimilarityMatrix
from expertlens_core.figures import graph_option, heatmap_chart, pair_figures
from pages.parts.map.evidence import strongest_pairs
from pages.parts.map.graph_chart import clicked, focus_of, selected
from pages.parts.map.heatmap import clickable, pair_of_tile
from tests.made_up_map import HOSTILE, pythia

UNITS = pythia(2, 192)


@pytest.fixture
def three():
    """A graph of three concepts, a to c."""
    values = np.array([[1, 0.5, 0.2], [0.5, 1, 0.1], [0.2, 0.1, 1]])
    return concept_graph(SimilarityMatrix(("a", "b", "c"), "jaccard", 0.5, values), domains={"a": "d"})


def test_a_click_selects_the_node_or_the_edge_behind_its_number(three):
    assert focus_of(("node", 2), three) == ("c",)
    assert focus_of(("edge", 0), three) == ("a", "b")
    assert focus_of(("edge", 9), three) == (), "an edge that the slider has taken away since"


def test_pressing_what_the_chart_holds_for_selected_counts_as_a_press():
    held = frozenset({("edge", 4)})
    assert clicked(frozenset(), held) == ("edge", 4)
    assert clicked(held, frozenset()) == ("edge", 4), "the same number may be another edge by now"
    assert clicked(held, frozenset({("node", 1)})) == ("node", 1)
    assert clicked(held, held) is None
    groups = [{"data_type": "edge", "data_indices": [3]}, {"data_type": "node", "data_indices": []}]
    assert selected({"selection": {"selected": groups}}) == {("edge", 3)}
    assert selected({}) == frozenset()


def test_a_press_on_a_coarse_tile_chooses_its_most_alike_pair():
    count = 100
    values = np.zeros((count, count))
    values[40, 7] = values[7, 40] = 0.9
    matrix = SimilarityMatrix(tuple(map(str, range(count))), "jaccard", 0.5, values)
    step = -(-count // 48)
    found = pair_of_tile(matrix, np.arange(count), 7 // step * step, 40 // step * step)
    assert set(found) == {"7", "40"}


PLACES = {"a": (-1, 0.5), "b": (1, 1), "c": (0, -1)}


def test_edges_are_as_wide_as_the_similarity_and_places_do_not_depend_on_them(three):
    series = graph_option(three, PLACES)["series"][0]
    widths = [link["lineStyle"]["width"] for link in series["links"]]
    assert widths == sorted(widths, reverse=True)
    assert widths[0] > widths[-1]
    three.remove_edge(0, 1)
    fewer = graph_option(three, PLACES)["series"][0]
    assert [(n["x"], n["y"]) for n in fewer["data"]] == [(n["x"], n["y"]) for n in series["data"]]


def test_what_is_not_in_focus_steps_back(three):
    series = graph_option(three, PLACES, focus=("b", "c"))["series"][0]
    assert [node["itemStyle"]["opacity"] for node in series["data"]] == [0.25, 1.0, 1.0]
    front = [
        {link["source"], link["target"]} for link in series["links"] if link["lineStyle"]["opacity"] > 0.5
    ]
    assert front == [{1, 2}]


def test_names_reach_the_chart_as_data_and_no_html_is_asked_for(three):
    for number, name in zip(three.nodes, HOSTILE):
        three.nodes[number].update(concept=name, domain=name)
    made = graph_option(three, dict.fromkeys(HOSTILE, (0, 0)))
    assert made["tooltip"]["renderMode"] == "richText", "an HTML tooltip would let markup in"
    assert "formatter" not in json.dumps(made), "a template would be filled with names"
    assert [node["name"] for node in made["series"][0]["data"]] == list(HOSTILE[:3])


def test_domains_beyond_the_palette_have_another_shape():
    count = 45
    graph = nx.Graph()
    for number in range(count):
        graph.add_node(number, concept=f"c{number}", domain=f"d{number}", broader=False)
    nodes = graph_option(graph, {f"c{n}": (0, 0) for n in range(count)})["series"][0]
    colours = {category["name"]: category["itemStyle"]["color"] for category in nodes["categories"]}
    assert len(set(colours.values())) == 20
    assert len({(colours[f"d{n}"], node["symbol"]) for n, node in enumerate(nodes["data"])}) == count


def test_the_strongest_pairs_come_first():
    values = np.array([[1, 0.1, 0.7], [0.1, 1, 0.4], [0.7, 0.4, 1]])
    matrix = SimilarityMatrix(("a", "b", "c"), "jaccard", 0.5, values)
    assert strongest_pairs(matrix, 2) == [("a", "c"), ("b", "c")]
    divergence = SimilarityMatrix(("a", "b", "c"), "kl", None, values.copy())
    assert strongest_pairs(divergence, 1) == [("a", "b")]


def test_the_clickable_heatmap_is_the_heatmap_with_one_parameter_more():
    chart = heatmap_chart(SimilarityMatrix(("a", "b", "c"), "jaccard", 0.5, np.eye(3)))
    assert [each["name"] for each in clickable(chart).to_dict()["params"]] == ["cell"]
    assert "params" not in chart.to_dict(), "the chart that is downloaded stays as it was"


def test_shared_and_own_experts_of_a_pair_add_up_by_place():
    first, second = (np.random.default_rng(seed).random(UNITS.count) for seed in (1, 2))
    evidence = pair_evidence(first, second, UNITS)
    where, how_good = pair_figures(evidence, "a", "b", width=300)
    counts = where.table.groupby("part")["units"].sum()
    assert counts["shared"] == np.sum((first > 0.5) & (second > 0.5))
    assert counts["only a"] == np.sum((first > 0.5) & (second <= 0.5))
    assert how_good.chart.to_dict()["mark"]["type"] == "bar"
    below, _ = pair_figures(evidence, "a", "b", width=300, below=True)
    assert below.chart.to_dict() != where.chart.to_dict()

"""The Concept map: what it draws, what a click means, and what it says where there is little to draw."""

import json
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from expertlens_core.analysis.concept_graph import concept_graph
from expertlens_core.analysis.pair import pair_evidence
from expertlens_core.analysis.similarity_matrix import SimilarityMatrix
from expertlens_core.artefacts import Artefacts
from expertlens_core.figures import graph_option, heatmap_chart, pair_figures
from expertlens_core.pipeline import FindRequest
from pages.parts.map.evidence import strongest_pairs
from pages.parts.map.graph_chart import clicked, focus_of, selected
from pages.parts.map.heatmap import clickable, pair_of_tile
from pages.shared.services import services
from tests.made_up_map import HOSTILE, MODEL, fill, pythia, write_library

UNITS = pythia(2, 192)


@pytest.fixture(scope="module", autouse=True)
def folder(tmp_path_factory):
    place = tmp_path_factory.mktemp("map")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPERTLENS_CACHE", str(place / "cache"))
        patch.syspath_prepend(str(Path(__file__).parents[2]))
        yield place


@pytest.fixture(scope="module")
def library(folder):
    """Write a library of made-up concepts, with results for all of them, or for some (`most`)."""

    def write(name: str, concepts: int, most: int | None = None, **options) -> str:
        path = str(write_library(folder / f"{name}.json", concepts, **options))
        if most != 0:
            request = FindRequest(model=MODEL, library=path)
            fill(Artefacts(folder / "cache"), request, UNITS, **({} if most is None else {"most": most}))
        return path

    return write


@pytest.fixture(scope="module")
def made(library):
    """A library of 30 concepts with all results."""
    return library("made", 30)


@pytest.fixture
def page(visit):
    def open_page(library: str, **link: str) -> AppTest:
        return visit("concept_map", model=MODEL, library=library, **link)

    return open_page


def drawn(app: AppTest) -> list[dict]:
    """The series of every graph on the page."""
    return [json.loads(chart.proto.spec)["series"][0] for chart in app.get("echarts_chart")]


def edges(app: AppTest) -> set[tuple[int, int]]:
    (series,) = drawn(app)
    return {(link["source"], link["target"]) for link in series["links"]}


def texts(app: AppTest) -> str:
    kinds = ("markdown", "caption", "info", "warning")
    return " ".join(element.value for kind in kinds for element in app.get(kind))


def metrics(app: AppTest) -> dict[str, str]:
    return {metric.label: metric.value for metric in app.metric}


def named(app: AppTest, label: str):
    """The buttons whose label begins so."""
    return [button for button in app.button if button.label.startswith(label)]


# --- the page -----------------------------------------------------------------------------------------------


def test_while_concepts_are_found_no_button_is_named_that_is_gone(library, page):
    app = page(library("waiting", 6, most=0))
    with services().turns.held():
        named(app, "Find all concepts")[0].click().run()
        assert not named(app, "Find")
        assert "They appear here once they are found" in texts(app)
        assert "button" not in texts(app)
        named(app, "Stop")[0].click().run()


def test_every_concept_is_drawn_with_the_strongest_edges_and_tau_changes_which(made, page):
    app = page(made)
    assert len(drawn(app)[0]["data"]) == 30
    before = edges(app)
    assert len(before) == 90
    app.slider(key="w tau").set_value(0.6).run()
    assert not app.exception
    assert edges(app) != before


def test_without_a_result_the_page_says_what_to_do(library, page):
    app = page(library("none", 6, most=2))
    assert "2 of 6 concepts" in texts(app)
    assert "at least 3 concepts" in texts(app)
    assert named(app, "Find the other 4")
    assert not drawn(app)


def test_with_some_results_missing_the_map_shows_what_there_is(library, page):
    app = page(library("some", 6, most=4))
    assert "4 of 6 concepts" in texts(app)
    assert [len(series["data"]) for series in drawn(app)] == [4]


def test_a_library_of_two_concepts_is_no_map_and_an_unknown_concept_in_a_link_is_explained(
    library, made, page
):
    assert "a map needs at least 3" in texts(page(library("two", 2, most=0)))
    assert "unicorn" in texts(page(made, map_focus="unicorn"))


def test_a_concept_in_focus_has_its_neighbours_and_the_way_to_all_pages(made, page):
    app = page(made, map_focus="stone 1")
    table = app.dataframe[0].value
    assert len(table) == 12
    same = table["domain"] == "river domain 0"
    assert same[:4].sum() > same[4:].sum(), "the nearest are those of its own domain"
    app.button(key="choose this concept").click().run()
    assert app.query_params["concept"] in ("stone 1", ["stone 1"])


def test_a_pair_in_focus_has_its_evidence_and_a_page_of_its_own_with_the_shared_units(made, page):
    app = page(made, map_focus="river 0|stone 1")
    cells = metrics(app)
    assert int(cells["Shared"]) > float(cells["Expected by size"])
    assert float(cells["Times expected"].removesuffix(" ×")) > 1
    assert "unrelated pairs" in texts(app)
    app.button(key="open pair").click().run()
    table = app.dataframe[0].value
    assert len(table) == min(25, int(metrics(app)["Shared"]))
    assert (table[["AP, river 0", "AP, stone 1"]] > 0.5).all(axis=None)
    first, _ = (box for box in app.selectbox if box.label.endswith(" concept"))
    first.set_value("cloud 2").run()
    assert app.query_params["map_focus"] in ("cloud 2|stone 1", ["cloud 2|stone 1"]), "the other one stays"


def test_domains_are_measured_by_a_job_and_shown_beside_the_paper(made, page, until):
    app = page(made, map="domains")
    until(lambda: app.run().metric, 60)
    share = metrics(app)["Domains with p < 0.01"]
    assert share in ("5 of 6", "6 of 6"), "made-up domains share a part of their experts"
    own, published = (frame.value for frame in app.dataframe)
    assert list(own["domain"])[-1] == "mean"
    assert len(published) == 12


def test_communities_find_the_domains_that_were_put_in(made, page):
    app = page(made, map_colour="community")
    assert "adjusted Rand index" in texts(app)
    assert len({node["category"] for node in drawn(app)[0]["data"]}) > 1


def test_a_second_model_is_drawn_in_the_places_of_the_first(made, folder, page):
    other = FindRequest(model=MODEL, revision="step-1", library=made)
    fill(Artefacts(folder / "cache"), other, pythia(2, 60))

    def heights(series: dict) -> dict[str, float]:
        return {node["id"]: node["y"] for node in series["data"]}

    (alone,) = drawn(page(made))
    first, second = drawn(page(made, map_beside=f"{MODEL}@step-1", map_focus="river 0|stone 1"))
    assert len(second["data"]) == 30
    assert heights(first) == heights(second) == heights(alone)
    assert [node["x"] for node in first["data"]] == [node["x"] for node in second["data"]]


@pytest.mark.parametrize(
    ("part", "focus"),
    [("graph", HOSTILE[:0]), ("graph", HOSTILE[:1]), ("graph", HOSTILE[:2]), ("heatmap", HOSTILE[:2]),
     ("pair", HOSTILE[:2]), ("domains", HOSTILE[:1])],
)  # fmt: skip
def test_names_with_markup_are_only_ever_text(library, page, part, focus):
    app = page(library("hostile", 10, hostile=True), map=part, map_focus="|".join(focus))
    for kind in ("markdown", "caption", "info", "subheader"):
        for element in app.get(kind):
            assert "<img" not in element.value.replace("\\<img", ""), (kind, element.value)
            assert "![x](" not in element.value


# --- what a click means -------------------------------------------------------------------------------------


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


# --- the drawing --------------------------------------------------------------------------------------------

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

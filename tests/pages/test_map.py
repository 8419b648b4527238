"""The Concept map: what it draws, what a click means, and what it says where there is little to draw."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from expertlens_core.artefacts import Artefacts
from expertlens_core.pipeline import FindRequest
from pages.shared.services import services
from tests.made_up_map import HOSTILE, MODEL, fill, pythia, write_library

from .conftest import metric, press, said

UNITS = pythia(2, 192)


@pytest.fixture(scope="module")
def library(place):
    """Write a library of made-up concepts, with results for all of them, or for some (`most`)."""

    def write(name: str, concepts: int, most: int | None = None, **options) -> str:
        path = str(write_library(place / f"{name}.json", concepts, **options))
        if most != 0:
            request = FindRequest(model=MODEL, library=path)
            fill(Artefacts(place / "cache"), request, UNITS, **({} if most is None else {"most": most}))
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


def test_while_concepts_are_found_no_button_is_named_that_is_gone(library, page):
    app = page(library("waiting", 6, most=0))
    with services().turns.held():
        press(app, "Find all concepts")
        assert not any(button.label.startswith("Find") for button in app.button)
        assert "They appear here once they are found" in said(app)
        assert "button" not in said(app)
        press(app, "Stop")


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
    assert "2 of 6 concepts" in said(app)
    assert "at least 3 concepts" in said(app)
    assert any(button.label.startswith("Find the other 4") for button in app.button)
    assert not drawn(app)


def test_with_some_results_missing_the_map_shows_what_there_is(library, page):
    app = page(library("some", 6, most=4))
    assert "4 of 6 concepts" in said(app)
    assert [len(series["data"]) for series in drawn(app)] == [4]


def test_a_library_of_two_concepts_is_no_map_and_an_unknown_concept_in_a_link_is_explained(
    library, made, page
):
    assert "a map needs at least 3" in said(page(library("two", 2, most=0)))
    assert "unicorn" in said(page(made, map_focus="unicorn"))


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
    assert int(metric(app, "Shared")) > float(metric(app, "Expected by size"))
    assert float(metric(app, "Times expected").removesuffix(" ×")) > 1
    assert "unrelated pairs" in said(app)
    app.button(key="open pair").click().run()
    table = app.dataframe[0].value
    assert len(table) == min(25, int(metric(app, "Shared")))
    assert (table[["AP, river 0", "AP, stone 1"]] > 0.5).all(axis=None)
    first, _ = (box for box in app.selectbox if box.label.endswith(" concept"))
    first.set_value("cloud 2").run()
    assert app.query_params["map_focus"] in ("cloud 2|stone 1", ["cloud 2|stone 1"]), "the other one stays"


def test_domains_are_measured_by_a_job_and_shown_beside_the_paper(made, page, until):
    app = page(made, map="domains")
    until(lambda: app.run().metric, 60)
    share = metric(app, "Domains with p < 0.01")
    assert share in ("5 of 6", "6 of 6"), "made-up domains share a part of their experts"
    own, published = (frame.value for frame in app.dataframe)
    assert list(own["domain"])[-1] == "mean"
    assert len(published) == 12


def test_communities_find_the_domains_that_were_put_in(made, page):
    app = page(made, map_colour="community")
    assert "adjusted Rand index" in said(app)
    assert len({node["category"] for node in drawn(app)[0]["data"]}) > 1


def test_a_second_model_is_drawn_in_the_places_of_the_first(made, place, page):
    other = FindRequest(model=MODEL, revision="step-1", library=made)
    fill(Artefacts(place / "cache"), other, pythia(2, 60))

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

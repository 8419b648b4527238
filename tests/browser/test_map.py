"""The Concept map in a browser: clicks on nodes and edges, and names that are markup."""

import json

import pytest
from playwright.sync_api import expect

from expertlens_core.artefacts import Artefacts
from expertlens_core.pipeline import FindRequest
from tests.made_up_map import HOSTILE, MODEL, fill, pythia, write_library

NAMES = ".st-key-map svg text"
PLACES = """names => {
  const svg = [...document.querySelectorAll('.st-key-map svg')]
    .sort((a, b) => b.querySelectorAll('path').length - a.querySelectorAll('path').length)[0];
  const labels = [...svg.querySelectorAll('text')].filter(text => names.includes(text.textContent))
    .map(text => ({name: text.textContent, box: text.getBoundingClientRect()}));
  const at = (path, share) => {
    const point = path.getPointAtLength(path.getTotalLength() * share).matrixTransform(path.getScreenCTM());
    return [point.x, point.y];
  };
  const above = ([x, y]) => labels.find(({box}) =>
    Math.abs((box.left + box.right) / 2 - x) < 3 && y - box.bottom > -6 && y - box.bottom < 26)?.name;
  const edges = [...svg.querySelectorAll('path[fill=none][stroke]')].map(path =>
    ({middle: at(path, 0.5), length: path.getTotalLength(), ends: [above(at(path, 0)), above(at(path, 1))]}));
  const nodes = [...svg.querySelectorAll('path:not([fill=none])')].map(path => path.getBoundingClientRect())
    .filter(box => box.width > 6 && box.width < 40)
    .map(box => [(box.left + box.right) / 2, (box.top + box.bottom) / 2]);
  const free = ([x, y]) => Math.min(...nodes.map(([a, b]) => Math.hypot(a - x, b - y)));
  return {
    nodes: Object.fromEntries(nodes.map(place => [above(place), place]).filter(([name]) => name)),
    edges: edges.filter(edge => edge.ends[0] && edge.ends[1]).map(edge => ({...edge, free: free(edge.middle)})),
  };
}"""
"""Where nodes and edges are on the screen: a node stands below its name, an edge ends at two nodes."""


@pytest.fixture(scope="module")
def made(server, tmp_path_factory):
    """Address of a map whose names are markup, and the names."""
    folder = tmp_path_factory.mktemp("map")
    library = write_library(folder / "hostile.json", 12, hostile=True)
    fill(Artefacts(server.folder / "cache"), FindRequest(model=MODEL, library=str(library)), pythia(2, 192))
    names = [concept["name"] for concept in json.loads(library.read_text())["concepts"]]
    return lambda **link: server.url("concept_map", model=MODEL, library=str(library), **link), names


def places(page, names):
    page.locator(NAMES).first.wait_for()
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    page.wait_for_timeout(500)
    return page.evaluate(PLACES, names)


def test_a_click_on_a_node_and_on_an_edge_shows_its_evidence(made, visit):
    address, names = made
    page = visit(address(), viewport={"width": 1440, "height": 1300})
    found = places(page, names)
    name, place = next((n, p) for n, p in found["nodes"].items() if n not in HOSTILE)
    page.mouse.click(*place)
    expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
    page.get_by_role("button", name="Choose this concept").click()
    expect(page.get_by_role("button", name="Chosen on all pages")).to_be_visible()
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_text("Click a concept or an edge")).to_be_visible()
    edge = max(places(page, names)["edges"], key=lambda edge: min(edge["free"], 25) + edge["length"] / 1e4)
    page.mouse.click(*edge["middle"])
    expect(page.get_by_text("Expected by size")).to_be_visible()
    heading = page.get_by_test_id("stHeadingWithActionElements").last.inner_text()
    assert set(heading.split(" · ")) == set(edge["ends"])
    expect(page.get_by_text("Where they share experts")).to_be_visible()


def test_names_that_are_markup_are_drawn_as_they_are_written(made, visit):
    address, names = made
    page = visit(address(), viewport={"width": 1440, "height": 1300})
    found = places(page, names)
    drawn = page.locator(NAMES).evaluate_all("texts => texts.map(text => text.textContent)")
    assert set(HOSTILE) & set(drawn)
    image = HOSTILE[0]
    page.mouse.move(*found["nodes"][image])
    page.wait_for_timeout(600)
    page.mouse.click(*found["nodes"][image])
    expect(page.get_by_role("heading", name=image, exact=True)).to_be_visible()
    assert page.locator("img[src=x]").count() == 0
    for part in ("heatmap", "pair", "domains"):
        page.goto(address(map=part, map_focus="|".join((HOSTILE[0], HOSTILE[1]))))
        expect(page.get_by_text("Methods paragraph")).to_be_visible()
        page.wait_for_timeout(300)
        chart = page.locator("[data-testid=stVegaLiteChart]").first
        box = chart.bounding_box()
        page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.wait_for_timeout(400)
        assert page.locator("img[src=x]").count() == 0


def test_the_downloaded_page_shows_the_names_and_runs_nothing_of_theirs(made, visit, tmp_path):
    address, names = made
    page = visit(address())
    expect(page.get_by_role("button", name="HTML")).to_be_visible()
    files = {}
    for label in ("HTML", "SVG", "GraphML", "GEXF", "Edges as CSV"):
        with page.expect_download() as coming:
            page.get_by_role("button", name=label, exact=True).click()
        files[label] = tmp_path / coming.value.suggested_filename
        coming.value.save_as(files[label])
    from xml.etree import ElementTree

    for label in ("SVG", "GraphML", "GEXF"):
        assert any(HOSTILE[0] in "".join(part for part in (each.text, *each.attrib.values()) if part)
                   for each in ElementTree.parse(files[label]).iter()), label  # fmt: skip
    page.goto(files["HTML"].as_uri())
    page.wait_for_timeout(800)
    shown = page.evaluate("nodes.get().map(node => node.label)")
    assert set(shown) == set(names)
    assert page.locator("img").count() == 0


def test_a_press_on_the_heatmap_shows_the_pair(made, visit):
    address, _ = made
    page = visit(address(map="heatmap"), viewport={"width": 1440, "height": 1300})
    expect(page.get_by_text("Click a cell to see its pair")).to_be_visible()
    picture = page.locator(".st-key-heatmap [role=graphics-document]").first
    picture.wait_for()
    page.wait_for_timeout(800)
    box = picture.bounding_box()
    page.mouse.click(box["x"] + 0.35 * box["width"], box["y"] + 0.55 * box["height"])
    expect(page.get_by_text("Expected by size")).to_be_visible()

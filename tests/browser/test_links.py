"""A link restores the view, also as the very first request to a server."""

import pytest
from playwright.sync_api import expect

from pages.shared.menu import DEFAULT, GROUPS

from .conftest import has_link, settled

PAGES = [name for pages in GROUPS.values() for name, _, _ in pages]


@pytest.mark.parametrize("name", PAGES)
def test_a_cold_deep_link_restores_the_selection(fresh_server, visit, name):
    place = "" if name == DEFAULT else name
    page = visit(fresh_server.url(place, concept="dog", tau="0.7", positives="40", negatives="100"))
    # The sidebar follows the selection on every page, also where it is folded away.
    expect(page.locator(".st-key-w-concept input")).to_have_value("dog · animals")
    expect(page.get_by_text("max · 40+100").first).to_be_attached()
    for part in ("concept=dog", "tau=0.7", "positives=40", "negatives=100"):
        has_link(page, part)
    assert page.url.split("?")[0] == fresh_server.url(place)
    expect(page.locator("h1").first).to_be_visible()
    expect(page.get_by_text("The link asks for")).to_have_count(0)
    expect(page.get_by_text("Page not found")).to_have_count(0)
    expect(page.get_by_text("met a fault of its own")).to_have_count(0)


def test_a_cold_deep_link_restores_a_page_of_numbers(fresh_server, visit):
    page = visit(fresh_server.url("experts", concept="dog", tau="0.7", positives="40", negatives="100"))
    expect(page.get_by_role("heading", name="dog", exact=True)).to_be_visible()
    expect(page.get_by_text("Where they sit")).to_be_visible()
    expect(page.get_by_role("slider", name="tau")).to_have_value("0.7")
    has_link(page, "concept=dog")
    has_link(page, "tau=0.7")


def test_a_cold_deep_link_starts_the_story_at_its_step(fresh_server, visit):
    page = visit(fresh_server.url("story", step="2", mode="recorded"))
    expect(page.get_by_text("would do so by luck")).to_be_visible()
    settled(page)
    has_link(page, "step=2")
    has_link(page, "mode=recorded")

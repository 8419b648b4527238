"""Home in a real browser: there at once, in one piece on wide and narrow screens."""

import re

import pytest
from playwright.sync_api import expect

from .conftest import has_link, settled


def test_home_shows_recorded_results_and_leads_to_the_story(server, visit):
    page = visit(server.url())
    expect(page.get_by_role("heading", name="Find the neurons that know a concept")).to_be_visible()
    expect(page.locator(".el-number")).to_have_text(re.compile(r"^[\d,]+$"))
    expect(page.get_by_role("img", name="Experts by layer")).to_be_visible()
    assert page.locator("mark.el-related").count() >= 5
    settled(page)
    page.get_by_role("button", name="Play the story").click()
    expect(page.get_by_role("heading", name="What do these sentences share?")).to_be_visible()
    has_link(page, "/story?")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_home_fits_a_telephone(server, visit, scheme):
    page = visit(server.url(), viewport={"width": 390, "height": 844}, color_scheme=scheme)
    expect(page.get_by_role("heading", name="Same model, same dice")).to_be_attached()
    settled(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    for part in page.locator(".el-text").all():
        box = part.bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390

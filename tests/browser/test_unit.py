"""The Unit page in a browser: from a table of units, with a basket, to Steer; and on a phone."""

from playwright.sync_api import expect

from .conftest import has_link, settled
from .test_narrow import PHONE, SIDEWAYS

SIZES = {"positives": "100", "negatives": "250"}
UNIT = "layers.1.mlp.dense_h_to_4h:5"


def choose(page, row):
    """Press the box of a row; the table is drawn on a canvas."""
    box = page.get_by_test_id("stDataFrame").first.bounding_box()
    page.mouse.click(box["x"] + 18, box["y"] + 36 + 35 * row + 17)


def test_experts_are_collected_opened_and_steered(server, visit):
    page = visit(server.url("experts", **SIZES, section="units"))
    page.get_by_test_id("stDataFrame").first.wait_for()
    settled(page)
    choose(page, 0)
    expect(page.get_by_role("button", name="Add to the basket")).to_be_visible()
    choose(page, 1)
    expect(page.get_by_role("button", name="Add 2 to the basket")).to_be_visible()
    settled(page)
    page.get_by_role("button", name="Add 2 to the basket").click()
    has_link(page, "basket=layers")
    settled(page)
    choose(page, 1)
    expect(page.get_by_role("button", name="Open on Unit")).to_be_enabled()
    settled(page)
    page.get_by_role("button", name="Open on Unit").click()
    expect(page.get_by_role("heading", name="What it is an expert for")).to_be_visible()
    expect(page.get_by_role("heading", name="Basket (2)")).to_be_visible()
    has_link(page, "unit=layers")
    settled(page)
    page.get_by_role("button", name="Steer these units").click()
    expect(page.get_by_role("heading", name="Steer: cat")).to_be_visible()
    has_link(page, "units=list")


def test_on_a_phone_nothing_scrolls_sideways(server, visit):
    page = visit(server.url("unit", **SIZES, unit=UNIT), **PHONE)
    expect(page.get_by_role("heading", name="Units alike by profile")).to_be_visible()
    settled(page)
    assert page.evaluate(SIDEWAYS) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390

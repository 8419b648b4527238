"""The story in a real browser, as someone in front of an audience plays it."""

import re

from playwright.sync_api import expect

from .conftest import has_link, settled

RECORDED = re.compile(r"recorded \d{4}-\d\d-\d\d")


def test_the_arrow_keys_play_the_recorded_story_to_its_end(server, visit):
    page = visit(server.url("story", mode="recorded"))
    expect(page.get_by_role("heading", name="What do these sentences share?")).to_be_visible()
    settled(page)
    expect(page.get_by_role("radio")).to_have_count(0)
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("would do so by luck")).to_be_visible()
    settled(page)
    page.keyboard.press("ArrowRight")
    expect(page.locator(".el-count b")).to_have_count(2)
    expect(page.locator(".el-badge")).to_have_text(RECORDED)
    original, steered = (int(text) for text in page.locator(".el-count b").all_text_contents())
    assert steered > original
    has_link(page, "step=3")
    has_link(page, "mode=recorded")
    size = page.locator(".el-text").first.evaluate("part => parseFloat(getComputedStyle(part).fontSize)")
    assert size >= 28, "the back row reads no smaller type"
    next_button = page.locator(".st-key-next button")
    next_button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="What do these sentences share?")).to_be_visible()


def test_a_concept_without_a_record_is_found_and_switched_on_live(server, visit):
    page = visit(server.url("story", concept="cat", step="2"))
    expect(page.get_by_text("would do so by luck")).to_be_visible()
    expect(page.locator(".el-badge")).to_contain_text("live")
    settled(page)
    page.locator(".st-key-next button").click()
    # On a machine that is busy with other things the record may step in: it says so, and asks for no reload.
    expect(page.locator(".el-count").first).to_be_visible()
    expect(page.locator(".el-caret")).to_have_count(0)
    if "live" in page.locator(".el-badge").inner_text():
        expect(page.get_by_role("heading", name="Switch them on: cat")).to_be_visible()
    else:
        expect(page.get_by_text("Here is the recorded story of")).to_be_visible()


def test_markup_in_a_link_stays_text_and_the_story_goes_on(server, visit):
    page = visit(server.url("story", model="nobody/<img src=x onerror=alert(1)>", step="3"))
    expect(page.locator(".el-count b")).to_have_count(2)
    expect(page.locator(".el-badge")).to_have_text(RECORDED)
    expect(page.get_by_text("<img src=x onerror=alert(1)>").first).to_be_attached()
    assert page.locator("img[src=x]").count() == 0

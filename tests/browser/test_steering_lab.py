"""The steering lab in a browser: several concepts, a slider moved while texts grow, tokens that tell, conversations."""

import shutil

import pytest
from playwright.sync_api import expect

from .conftest import Server, at_rest, has_link, settled, stop_button

QUICK = {"positives": "100", "negatives": "200"}
LINES = ".fx .line >> visible=true"


def press(page) -> None:
    page.locator(".st-key-steer button").click()


def done(page) -> None:
    expect(page.get_by_text("Done. First token")).to_be_visible()
    settled(page)


def texts(page) -> list[str]:
    """What the columns hold, from left to right."""
    return page.locator("[data-testid=stHtml] div[style*='pre-wrap']").all_inner_texts()


def test_two_concepts_a_slider_while_streaming_and_a_token_that_tells(server, visit):
    page = visit(
        server.url(
            "steer", concept="cat", also="dog~aura~0.5", tokens="150", texts="1", experts="100", **QUICK
        )
    )
    press(page)
    expect(page.get_by_text("Writing. First token")).to_be_visible()
    slider = page.get_by_test_id("stMain").get_by_role("slider", name="Less – more")
    slider.focus()
    slider.press("ArrowRight")
    slider.press("ArrowRight")
    has_link(page, "strength=")
    done(page)
    expect(page.get_by_text("those of dog dampened by AurA, strength 0.5.")).to_be_visible()
    share = {"0.44": "1.1 ×", "0.48": "1.2 ×"}
    strength = page.evaluate("new URLSearchParams(location.search).get('strength')")
    assert strength in share, "the slider went right by a step or two"
    expect(page.get_by_text(f"those of cat set, strength {strength};")).to_be_visible()
    first = texts(page)

    page.get_by_text("What steering did", exact=True).click()
    token = page.locator(".fx label").nth(5)
    token.wait_for()
    at_rest(page)
    assert "without steering" in token.get_attribute("title")
    assert page.locator(LINES).count() == 0
    token.click()
    expect(page.locator(LINES)).to_have_count(1)
    assert page.locator(LINES).inner_text() == token.get_attribute("title")
    page.locator(".fx label").nth(9).hover()
    expect(page.locator(LINES)).to_have_text(page.locator(".fx label").nth(9).get_attribute("title"))
    page.mouse.move(5, 5)
    expect(page.locator(LINES)).to_have_text(token.get_attribute("title"))
    page.keyboard.press("ArrowRight")
    expect(page.locator(LINES)).to_have_text(page.locator(".fx label").nth(6).get_attribute("title"))
    page.locator(".fx .shut >> visible=true").click()
    expect(page.locator(LINES)).to_have_count(0)
    page.get_by_text("Words of the concept", exact=True).click()
    expect(page.locator(".fx")).to_have_count(0)
    assert texts(page) == first


def test_texts_stay_until_the_first_new_token(server, visit):
    """The slider's change stops the old stream; its texts are there, faint, until the new one has begun."""
    page = visit(server.url("steer", concept="cat", tokens="600", texts="8", control="none", **QUICK))
    press(page)
    expect(page.get_by_text("Writing. First token")).to_be_visible()
    page.evaluate(
        """() => { window.blank = 0; new MutationObserver(() => {
          const shown = [...document.querySelectorAll("[data-testid=stHtml] div[style*='pre-wrap']")];
          if (shown.length && shown.every(each => !each.innerText.trim().replace(/Once upon a time/g, '').trim()))
            window.blank += 1;
        }).observe(document.body, {subtree: true, childList: true, characterData: true}) }"""
    )
    slider = page.get_by_test_id("stMain").get_by_role("slider", name="Less – more")
    slider.focus()
    slider.press("ArrowLeft")
    has_link(page, "strength=0.36")
    expect(page.get_by_text("strength 0.36.").first).to_be_visible()
    assert page.evaluate("window.blank") == 0
    stop_button(page).click()
    expect(page.get_by_text("Stopped. First token")).to_be_visible()


def test_a_conversation_on_a_phone_streams_stops_and_survives_another_page(server, visit, chatty):
    link = server.url("steer", concept="cat", chat="turns", tokens="25", model=str(chatty), **QUICK)
    page = visit(link, viewport={"width": 390, "height": 844})
    page.get_by_role("button", name="What did you do today?").click()
    page.get_by_role("button", name="Find the experts").click()
    expect(page.get_by_text("Turn 1, seed 0. The 35 best experts of cat")).to_be_visible()
    field = page.get_by_placeholder("Say something to both models")
    expect(field).to_be_enabled()
    field.fill("<img src=x onerror=alert(1)>")
    field.press("Enter")
    expect(page.get_by_text("Turn 2, seed 1. The 35 best experts of cat")).to_be_visible()
    expect(field).to_be_enabled()
    settled(page)
    assert page.locator("[data-testid=stMain] img").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    before = texts(page)
    assert len(before) == 6, "two messages, and two answers to each"
    page.get_by_test_id("stExpandSidebarButton").click()
    page.get_by_role("link", name="Experts").click()
    page.wait_for_url(lambda url: "/experts" in url)
    settled(page)
    page.get_by_role("link", name="Steer").click()
    expect(page.get_by_text("Turn 2, seed 1. The 35")).to_be_visible()
    assert texts(page) == before
    page.set_viewport_size({"width": 1440, "height": 900})  # beside the sidebar that was opened
    page.get_by_role("button", name="Start over").click()
    expect(page.get_by_text("Both models answer you")).to_be_visible()


def test_a_saved_card_opens_in_a_fresh_server_without_a_model(fresh_server, visit, tmp_path):
    pytest.importorskip("pages.parts.cards.save")
    page = visit(fresh_server.url("steer", concept="cat", tokens="30", texts="1", **QUICK))
    press(page)
    done(page)
    steered = texts(page)[1].removeprefix("Once upon a time")
    page.get_by_role("button", name="Save a card").click()
    expect(page.get_by_role("button", name="Open the card")).to_be_visible()
    fresh_server.stop()
    (home := tmp_path / "elsewhere").mkdir()
    shutil.copytree(fresh_server.folder / "libraries" / "cards", home / "libraries" / "cards")
    other = Server(home, EXPERTLENS_DEFAULT_MODEL=str(tmp_path / "no model"))
    try:
        page = visit(other.url("cards"))
        page.locator("[class*='st-key-open-cat'] button").first.click()  # before the preset
        page.get_by_role("button", name="Skip to the end").click()
        expect(page.get_by_test_id("stMain")).to_contain_text(" ".join(steered.split()))
    finally:
        other.stop()

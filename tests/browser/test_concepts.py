"""A visitor's own concepts: written, uploaded, found, kept; hostile names stay text."""

import json

import pytest
from playwright.sync_api import expect

from .conftest import has_link, settled

HOSTILE = "<img src=x onerror=alert(1)> **b** ![m](http://example.com/m.png)"
POSITIVES = "\n".join(
    f"{start} {rest}"
    for start in ("The lighthouse", "A white tower by the sea", "The old lamp above the rocks")
    for rest in (
        "blinked twice and went dark.",
        "guided the ships past the cliffs.",
        "was painted again in spring.",
        "shone far over the water.",
        "stood empty for thirty years.",
        "could be seen from the harbour.",
        "needed a new keeper.",
    )
)


def box(page):
    return page.get_by_role("textbox", name="Sentences with the concept, one per line")


def test_a_pasted_concept_is_found_and_steered_without_a_reload(server, visit):
    page = visit(server.url("concepts", part="write"))
    page.evaluate("window.sameDocument = true")
    page.get_by_label("Name", exact=True).fill("lighthouse")
    box(page).fill(POSITIVES)
    page.get_by_role("button", name="Find its experts").click()
    expect(page.get_by_role("heading", name="lighthouse", exact=True)).to_be_visible()
    expect(page.get_by_text("Where they sit")).to_be_visible()
    page.get_by_test_id("stSidebarNav").get_by_role("link", name="Steer").click()
    page.get_by_role("button", name="Steer towards lighthouse").click()
    expect(page.get_by_text("Done. First token after", exact=False)).to_be_visible()
    expect(page.get_by_role("heading", name="Steered", exact=True)).to_be_visible()
    assert page.evaluate("window.sameDocument"), "the page was loaded again"
    has_link(page, "library=my-concepts")
    has_link(page, "concept=lighthouse")


def test_a_draft_survives_a_refresh_and_a_restart_without_leaving_the_field(fresh_server, visit):
    page = visit(fresh_server.url("concepts", part="write"))
    page.get_by_label("Name", exact=True).fill("wind mill")
    box(page).press_sequentially("The mill turned.", delay=20)
    expect(page.get_by_text("survives a reload")).to_be_visible()
    expect(box(page)).to_be_focused()
    expect(page.get_by_text("1 positive sentence")).to_be_visible()
    has_link(page, "draft=")
    address = page.url
    page.reload()
    expect(box(page)).to_have_value("The mill turned.")
    fresh_server.stop()
    fresh_server.start()
    page.goto(address)
    expect(box(page)).to_have_value("The mill turned.")
    expect(page.get_by_label("Name", exact=True)).to_have_value("wind mill")
    page.get_by_text("Browse", exact=True).click()
    expect(page.get_by_role("heading", name="cat", exact=True)).to_be_visible()
    page.get_by_text("Write your own", exact=True).click()
    expect(box(page)).to_have_value("The mill turned.")


def test_two_windows_on_one_draft_lose_nothing(server, visit):
    first = visit(server.url("concepts", part="write"))
    box(first).fill("First line.")
    expect(first.get_by_text("survives a reload")).to_be_visible()
    settled(first)
    second = visit(first.url)
    expect(box(second)).to_have_value("First line.")
    box(first).fill("First line, changed.")
    expect(first.get_by_text("1 positive sentence")).to_be_visible()
    box(first).press("Control+Enter")
    settled(first)
    first.wait_for_timeout(1500)
    box(second).fill("First line, changed otherwise.")
    expect(second.get_by_text("kept as a draft of its own")).to_be_visible()
    assert second.url != first.url
    second.reload()
    first.reload()
    expect(box(second)).to_have_value("First line, changed otherwise.")
    expect(box(first)).to_have_value("First line, changed.")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("picture.json", b"\x89PNG\r\n\x1a\n\0\0\0", "is a binary file"),
        ("wrong.json", json.dumps({"nmae": "x"}).encode(), "has the keys 'nmae'"),
    ],
)
def test_a_bad_upload_gets_one_sentence_and_nothing_is_lost(server, visit, name, content, said):
    page = visit(server.url("concepts", part="write"))
    box(page).fill("It is still here.")
    expect(page.get_by_text("survives a reload")).to_be_visible()
    page.get_by_text("Upload", exact=True).click()
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "", "buffer": content})
    expect(page.get_by_role("alert")).to_have_count(1)
    expect(page.get_by_role("alert")).to_contain_text(said)
    page.get_by_text("Write your own", exact=True).click()
    expect(box(page)).to_have_value("It is still here.")


def test_a_hostile_name_shows_as_text_everywhere(server, visit):
    page = visit(server.url("concepts", part="upload"))
    concepts = [
        {
            "name": HOSTILE,
            "domain": "<script>alert(2)</script>",
            "positives": [f"A {HOSTILE} stood there, number {number}." for number in range(25)],
        }
    ]
    page.locator("input[type=file]").set_input_files(
        {"name": "<b>bad.json", "mimeType": "", "buffer": json.dumps(concepts).encode()}
    )
    page.get_by_role("button", name="Keep and use").click()
    expect(page.get_by_role("heading", name="<img src=x")).to_be_visible()
    expect(page.get_by_test_id("stHtml").get_by_role("listitem").first).to_contain_text(
        f"A {HOSTILE} stood there"
    )
    assert page.get_by_text("<img src=x onerror=alert(1)>").count() >= 3, "heading, sidebar, button"
    page.get_by_role("button", name="Find its experts").click()
    expect(page.get_by_text("Where they sit")).to_be_visible()
    assert page.locator("img[src=x], img[src*=example], script:text('alert')").count() == 0


def test_a_concept_chosen_by_its_button_is_chosen_on_all_pages(server, visit):
    page = visit(server.url("concepts"))
    page.get_by_role("radio", name="dog").or_(page.get_by_role("button", name="dog", exact=True)).click()
    expect(page.get_by_role("heading", name="dog", exact=True)).to_be_visible()
    has_link(page, "concept=dog")
    page.get_by_role("link", name="Experts").click()
    expect(page.get_by_role("heading", name="dog", exact=True)).to_be_visible()

"""Human alignment as visitors meet it: their own file, hostile words, a click on a point, a wrong file."""

from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import expect

from expertlens_core.concepts import Library, load_library, write_library
from expertlens_core.defaults import DEFAULT_LIBRARY
from tests.few_sentences import with_few_sentences

from .conftest import has_link, settled

NAMES = ("cat", "dog", "red", "blue")
HOSTILE = "<img src=x onerror=alert(1)> ![x](http://example.com/x.png)"
MISSING = "</script><script>alert(2)</script>"
PAIRS = (
    "word1,word2,score\ncat,dog,9\nred,blue,8\ncat,red,1\ndog,blue,0.5\ncat,blue,2\n"
    f"{HOSTILE},cat,3\n{MISSING},dog,2\n"
)


@pytest.fixture(scope="module")
def library(tmp_path_factory) -> str:
    """Four concepts with few sentences and negatives of their own: found in a moment. One name is hostile."""
    concepts = with_few_sentences(NAMES, 40, 20)
    hostile = load_library(DEFAULT_LIBRARY)[NAMES[0]].positives[60:100]
    concepts.append(replace(concepts[0], name=HOSTILE, positives=hostile))
    path = tmp_path_factory.mktemp("library") / "five.json"
    write_library(Library("five", tuple(concepts)), path)
    return str(path)


@pytest.fixture(scope="module")
def pairs(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("pairs") / "my pairs.csv"
    path.write_text(PAIRS)
    return path


def upload(page, path: Path) -> None:
    page.get_by_role("button", name="Your own file").click()
    page.locator("input[type=file]").set_input_files(path)


def found(page, then: str = "Spearman's rho") -> None:
    """Find the experts where the server has not found them for an earlier test."""
    expect(page.get_by_text("Pairs compared")).to_be_visible()
    settled(page)
    button = page.get_by_role("button", name="Find the experts")
    if button.count():
        button.first.click()
    expect(page.get_by_text(then, exact=True)).to_be_visible()
    settled(page)


def test_own_pairs_with_hostile_words_are_compared_and_show_as_text(server, visit, library, pairs):
    page = visit(server.url("alignment", library=library))
    expect(page.get_by_text("What people say")).to_be_visible()
    upload(page, pairs)
    expect(page.get_by_text("words without a concept")).to_be_visible()
    found(page)
    page.get_by_text("words without a concept").click()
    expect(page.get_by_role("button", name=f"Write {MISSING}")).to_be_visible()
    assert page.locator("img[src=x]").count() == 0


def test_a_click_on_a_point_shows_what_the_pair_shares(server, visit, library, pairs):
    page = visit(server.url("alignment", library=library, judgments=str(pairs), align="pairs"))
    found(page, "Model against people")
    points = page.locator("[data-testid=stVegaLiteChart]").first.locator("path[aria-label*='second: dog']")
    points.first.click()
    expect(page.get_by_role("heading", name="cat · dog")).to_be_visible()
    expect(page.get_by_text("Where they share experts")).to_be_visible()
    settled(page)
    has_link(page, "pair=cat%7Cdog")
    page.get_by_role("button", name="Close").click()
    expect(page.get_by_text("Where they share experts")).to_have_count(0)
    page.locator(f"path[aria-label*='{HOSTILE}']").first.hover()
    expect(page.locator("#vg-tooltip-element")).to_contain_text(HOSTILE)
    assert page.locator("img[src=x]").count() == 0, "a tooltip shows a word as text"
    page.locator(f"path[aria-label*='{HOSTILE}']").first.click()
    expect(page.get_by_role("heading", name=HOSTILE)).to_be_visible()
    settled(page)
    assert page.locator("img[src=x]").count() == 0
    with page.expect_download() as saved:
        page.get_by_test_id("stDownloadButton").get_by_role("button", name="SVG").first.click()
    assert HOSTILE not in Path(saved.value.path()).read_text()
    page.get_by_role("button", name="Open in the Concept map").click()
    expect(page.get_by_role("heading", name="Concept map")).to_be_visible()
    settled(page)
    has_link(page, "concept_map")
    assert page.locator("img[src=x]").count() == 0


def test_a_wrong_file_is_refused_in_one_sentence_and_the_choice_stays(server, visit, library, tmp_path):
    wrong = tmp_path / "<b>.csv"
    wrong.write_bytes(b"\x89PNG\0\0\0")
    page = visit(server.url("alignment", library=library))
    expect(page.get_by_text("What people say")).to_be_visible()
    upload(page, wrong)
    expect(page.get_by_text("is a binary file")).to_be_visible()
    settled(page)
    page.wait_for_url(lambda url: "judgments" not in url)
    assert page.get_by_role("alert").count() == 1


def test_a_missing_word_is_written_on_the_concepts_page(server, visit, library, pairs):
    page = visit(server.url("alignment", library=library, judgments=str(pairs)))
    page.get_by_text("words without a concept").click()
    page.get_by_role("button", name="Write <").click()
    expect(page.get_by_role("heading", name="Concepts")).to_be_visible()
    expect(page.get_by_label("Name", exact=True)).to_have_value(MISSING)

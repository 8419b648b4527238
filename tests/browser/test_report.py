"""The report that ships, and one that the app makes: opened as a file, it asks for nothing."""

import re
import shutil
from pathlib import Path

import pytest

from expertlens_core.artefacts import Artefacts
from expertlens_core.pipeline import FindRequest, find
from expertlens_core.pipeline.report.report import CHAPTERS
from expertlens_core.run import Run

SHIPPED = Path(__file__).parents[2] / "docs" / "report.html"
MOST_BYTES = 10_000_000
NAMES = ("cat", "dog", "animal", "corn", "carrot", "vegetable")


@pytest.fixture
def opened(chromium):
    """Opens a file; what it asks for, apart from itself and what is inside it, is an error."""
    contexts, asked = [], []

    def open_file(path: Path, **options):
        context = chromium.new_context(**options)
        contexts.append(context)
        context.on("request", lambda request: asked.append(request.url))
        page = context.new_page()
        page.on("console", lambda message: asked.append(f"said: {message.text}"))
        page.goto(path.as_uri())
        return page

    yield open_file
    for context in contexts:
        context.close()
    others = [
        url
        for url in asked
        if not url.startswith(("data:", "file:")) or not url.partition("#")[0].endswith(".html")
    ]
    assert [url for url in others if not url.startswith("data:image/")] == []


def pixels(page, element: str) -> str:
    return page.locator(element).first.evaluate("e => getComputedStyle(e).backgroundColor")


def test_the_shipped_report_is_whole_and_offline(opened):
    assert SHIPPED.stat().st_size < MOST_BYTES
    page = opened(SHIPPED, viewport={"width": 1280, "height": 900})
    for chapter in CHAPTERS:
        section = page.locator(f"#{chapter.name}")
        assert section.locator("h2").inner_text() == chapter.title
        assert section.locator(".missing").count() == 0
    charts = page.locator("figure svg")
    assert charts.count() >= 7
    for number in range(charts.count()):
        assert charts.nth(number).bounding_box()["width"] > 500
    page.get_by_role("link", name="Human alignment").first.click()
    assert page.url.endswith("#alignment")
    assert page.locator("#alignment h2").bounding_box()["y"] < 200
    page.locator("#domains summary").first.click()
    assert page.locator("#domains figure table").first.is_visible()
    with page.expect_download() as taken:
        page.locator("#domains figure a[download]").first.click()
    assert Path(taken.value.path()).read_text().startswith("domain,in domain,")


@pytest.mark.parametrize("width", [360, 800])
def test_it_fits_narrow_screens(opened, width):
    page = opened(SHIPPED, viewport={"width": width, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_it_follows_the_colours_of_the_reader_and_prints_on_white(opened):
    assert pixels(opened(SHIPPED, color_scheme="light"), "body") == "rgb(255, 255, 255)"
    dark = opened(SHIPPED, color_scheme="dark")
    assert pixels(dark, "body") == "rgb(20, 23, 29)"
    assert pixels(dark, ".chart") == "rgb(255, 255, 255)"
    dark.emulate_media(media="print")
    assert pixels(dark, "body") == "rgb(255, 255, 255)"
    assert dark.pdf(format="A4").startswith(b"%PDF")


def test_the_app_makes_one(fresh_server, visit, opened, tmp_path):
    store = Artefacts(fresh_server.folder / "cache", 10**9)
    list(find(FindRequest(names=NAMES), Run(store)))
    page = visit(fresh_server.url("report"))
    page.get_by_role("button", name="Make the report").click()
    button = page.get_by_role("button", name=re.compile("The report "))
    button.wait_for()
    with page.expect_download() as asked:
        button.click()
    assert asked.value.suggested_filename.startswith("ExpertLens-report")
    file = Path(shutil.copy(asked.value.path(), tmp_path / "report.html"))
    alone = opened(file)
    assert alone.locator("#domains figure svg").is_visible()
    assert "python -m expertlens_core causality" in alone.locator("#causality .missing").inner_text()

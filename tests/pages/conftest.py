"""Pages as a visitor opens them: through the router, with choices in the link."""

import html
import re
import time
from dataclasses import replace
from pathlib import Path

import pytest
import streamlit
from streamlit.testing.v1 import AppTest

ROUTER = Path(__file__).parents[2] / "pages" / "router.py"
EVIL = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="session")
def visit():
    """Open a page: ``visit("story", step="3")``; without a name the one that the router opens."""

    def open_page(page: str = "", **link: str) -> AppTest:
        app = AppTest.from_file(str(ROUTER), default_timeout=120)
        for name, value in link.items():
            app.query_params[name] = value
        app.run()
        return app.switch_page(f"{page}.py").run() if page else app

    return open_page


@pytest.fixture(scope="session")
def markup():
    """The HTML that a page draws, without its style sheets."""

    def bodies(app: AppTest) -> str:
        return re.sub(r"<style>.*?</style>", "", "".join(e.proto.body for e in app.get("html")), flags=re.S)

    return bodies


@pytest.fixture(scope="session")
def seen(markup):
    """The text of a page's HTML."""
    return lambda app: html.unescape(re.sub(r"<[^>]+>", "", markup(app)))


@pytest.fixture(scope="session")
def evil(small_story):
    """A chapter with markup wherever there is text, and that markup."""
    told = small_story.concepts[0]
    sentences = tuple(replace(sentence, text=EVIL) for sentence in told.best.sentences)
    chapter = replace(
        told,
        concept=EVIL,
        domain=EVIL,
        best=replace(told.best, sentences=sentences),
        request=replace(told.request, concept=EVIL, prompt=EVIL),
        texts=tuple(replace(text, pieces=(EVIL, " <b>bold</b> ![x](http://x)")) for text in told.texts),
        related=(EVIL, "bold"),
    )
    return chapter, EVIL


@pytest.fixture
def popovers_open(monkeypatch):
    """Popovers that are filled only when they are open are open."""
    popover = streamlit.popover

    def open_one(label, *, key=None, on_change="ignore", **look):
        made = popover(label, **look)
        if on_change == "rerun":
            made._open = True
        return made

    monkeypatch.setattr("streamlit.popover", open_one)


@pytest.fixture(scope="session")
def until():
    """Wait for something that another thread does."""

    def wait(condition, seconds: float = 10):
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, "it never happened"
            time.sleep(0.002)

    return wait

"""Pages as a visitor opens them: through the router, with choices in the link."""

import html
import json
import re
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
import streamlit
from streamlit.testing.v1 import AppTest

from pages.shared.services import services
from pages.shared.streams import Streams
from pages.shared.turns import Turns

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
        if page:
            app.switch_page(f"{page}.py").run()
        assert not app.exception
        return app

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
        texts=tuple(
            replace(text, pieces=(EVIL, " <b>bold</b> ![x](http://x)"), tokens=()) for text in told.texts
        ),
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


def until(condition, seconds: float = 10) -> None:
    """Wait for something that another thread does."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it never happened"
        time.sleep(0.002)


@pytest.fixture(scope="session", name="until")
def the_wait():
    return until


def idle(seconds: float = 120) -> None:
    """Wait until no job is at work."""
    until(lambda: not any(job.active for job in services().jobs.all()), seconds)


def metric(app: AppTest, label: str) -> str:
    return next(metric.value for metric in app.metric if metric.label == label)


def charts(app: AppTest) -> list[str]:
    """What each chart of a page sends to the browser."""
    specs = [json.loads(chart.proto.spec) for chart in app.get("vega_lite_chart")]
    return [json.dumps(spec, ensure_ascii=False) for spec in specs]


def said(app: AppTest, *kinds: str) -> str:
    """All that a page says in words."""
    kinds = kinds or ("markdown", "caption", "info", "warning")
    return " ".join(element.value for kind in kinds for element in app.get(kind))


def keys(app: AppTest) -> set[str]:
    return {button.key for button in app.button}


def press(app: AppTest, label: str) -> AppTest:
    """Press the first button whose label begins so."""
    next(button for button in app.button if button.label.startswith(label)).click().run()
    assert not app.exception
    return app


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """A folder of a file's own, with the cache and the libraries of its pages."""
    folder = tmp_path_factory.mktemp("place")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPERTLENS_CACHE", str(folder / "cache"))
        patch.setenv("EXPERTLENS_LIBRARIES", str(folder / "libraries"))
        yield folder


class Pen:
    """A source that writes its letter until it is let go; remembers how it was treated."""

    def __init__(self, letter: str = "a", error: BaseException | None = None, asks: bool = True) -> None:
        self.letter, self.error, self.asks = letter, error, asks
        self.gate = threading.Event()
        self.started = self.closed = False
        self.steps = 0

    def __call__(self, cancelled):
        self.started = True
        return self._write(cancelled)

    def _write(self, cancelled):
        try:
            while not (self.asks and cancelled()):
                time.sleep(0.001)
                self.steps += 1
                yield (self.letter * self.steps,)
                if self.gate.is_set():
                    if self.error:
                        raise self.error
                    return
        finally:
            self.closed = True


@pytest.fixture
def pens():
    made: list[Pen] = []

    def make(*arguments, **options) -> Pen:
        made.append(Pen(*arguments, **options))
        return made[-1]

    yield make
    for pen in made:
        pen.error = None
        pen.gate.set()


@pytest.fixture
def streams():
    return Streams(Turns(0.001), side_by_side=2, abandoned=60)


@pytest.fixture
def start(streams, pens):
    """Start a stream for each visitor named by a letter; returns their pens."""

    def begin(letters: str, on: Streams = streams) -> dict[str, Pen]:
        made = {letter: pens(letter) for letter in letters}
        for visitor, pen in made.items():
            on.start(visitor, pen)
        return made

    return begin


def writing(streams: Streams, visitors: str) -> None:
    """Wait until each of them has text."""
    until(lambda: all((shot := streams.look(visitor)) and shot.rows for visitor in visitors))


def state(streams: Streams, visitor: str) -> str | None:
    shot = streams.look(visitor)
    return shot and shot.state

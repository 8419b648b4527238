"""A real server and a real browser. Nothing may leave this machine while they run."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import urlopen

import pytest

from expertlens_core.artefacts import Artefacts
from expertlens_core.pipeline import keep_story
from expertlens_core.pipeline.story.recorded import Story

ROOT = Path(__file__).parents[2]
PATIENCE = 90_000
"""Milliseconds that a busy machine may take for anything."""


class Server:
    """`streamlit run app.py` with a cache of its own."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.folder = folder
        self.log_path = folder / "server.log"
        self._environment = environment
        self.port = free_port()
        self.start()

    def start(self) -> None:
        environment = {
            **os.environ,
            "EXPERTLENS_CACHE": str(self.folder / "cache"),
            "EXPERTLENS_LIBRARIES": str(self.folder / "libraries"),
            "HF_HUB_OFFLINE": "1",
            "OMP_NUM_THREADS": "1",
            **self._environment,
        }
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                [
                    sys.executable, "-m", "streamlit", "run", "app.py",
                    "--server.port", str(self.port), "--server.headless", "true",
                ],
                cwd=ROOT, env=environment, stdout=log, stderr=log,
            )  # fmt: skip
        until = time.monotonic() + PATIENCE / 1000
        while time.monotonic() < until:
            try:
                with urlopen(f"http://127.0.0.1:{self.port}/_stcore/health", timeout=2):
                    return
            except (URLError, OSError):
                assert self.process.poll() is None, self.log()
                time.sleep(0.1)
        raise AssertionError(f"the server did not start:\n{self.log()}")

    def stop(self, kill: bool = False) -> None:
        if kill:
            self.process.kill()
        else:
            self.process.terminate()
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(15)

    def log(self) -> str:
        return self.log_path.read_text(errors="replace")

    def url(self, page: str = "", **link: str) -> str:
        query = f"?{urlencode(link)}" if link else ""
        return f"http://127.0.0.1:{self.port}/{page}{query}"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def tell(folder: Path, story: Story) -> None:
    """Keep a recorded story where a server will look for it."""
    keep_story(story, artefacts=Artefacts(folder / "cache", 10**9))


def serving(folder: Path, story: Story) -> Iterator[Server]:
    """A server that tells the story; its log must stay free of tracebacks."""
    tell(folder, story)
    made = Server(folder)
    yield made
    made.stop()
    assert "Traceback" not in made.log(), made.log()


@pytest.fixture(scope="session")
def server(tmp_path_factory, small_story) -> Iterator[Server]:
    """One server for the tests that need no fresh one."""
    yield from serving(tmp_path_factory.mktemp("server"), small_story)


@pytest.fixture
def fresh_server(tmp_path, small_story) -> Iterator[Server]:
    """A server that nobody has visited yet."""
    yield from serving(tmp_path, small_story)


@pytest.fixture
def visit(chromium):
    """Opens an address as a new visitor; every request is recorded, and none may leave this machine."""
    contexts, outside = [], []

    def open_page(url: str, **options):
        context = chromium.new_context(**{"viewport": {"width": 1440, "height": 900}, **options})
        context.set_default_timeout(PATIENCE)
        contexts.append(context)

        def note(request) -> None:
            address = urlsplit(request.url)
            if address.scheme in ("http", "https", "ws", "wss") and address.hostname != "127.0.0.1":
                outside.append(request.url)

        context.on("request", note)
        page = context.new_page()
        page.on("websocket", lambda socket: note(socket))
        page.on("dialog", lambda dialog: outside.append(f"a dialog opened: {dialog.message}"))
        page.goto(url)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert outside == []


def settled(page) -> None:
    """Wait until the page has stopped running."""
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")


def at_rest(page) -> None:
    """Wait until no run follows the last one: each draws the texts anew, and what was pressed in them is gone."""
    for _ in range(3):
        settled(page)
        page.wait_for_timeout(700)
    settled(page)


def stop_button(page):
    """The page's own: while a script runs for long, Streamlit's header has one of that name too."""
    return page.get_by_test_id("stMain").get_by_role("button", name="Stop")


def has_link(page, part: str) -> None:
    """Wait until the address holds that."""
    page.wait_for_url(lambda url: part in url)

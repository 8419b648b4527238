"""Jobs as a visitor meets them: refreshed, shared, stopped, killed with the server."""

import json
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

from expertlens_core.artefacts import Artefacts
from expertlens_core.artefacts.array_file import read_array_file
from expertlens_core.concepts import load_library
from expertlens_core.defaults import DEFAULT_LIBRARY

from .conftest import Server, stop_button


@pytest.fixture(scope="module")
def long_library(tmp_path_factory) -> Path:
    """Two concepts whose many sentences keep the model busy for a while."""
    sentences = [
        f"{sentence} {number}"
        for number in range(5)
        for c in load_library(DEFAULT_LIBRARY)
        for sentence in c.positives
    ]
    half = len(sentences) // 60
    concepts = [
        {"name": name, "positives": sentences[10 * half * i :][:half], "negatives": sentences[-60:]}
        for i, name in enumerate(["many", "more"])
    ]
    path = tmp_path_factory.mktemp("library") / "long.json"
    path.write_text(json.dumps({"name": "long", "concepts": concepts}))
    return path


def link(server: Server, library: Path, concept: str) -> str:
    return server.url("experts", library=str(library), concept=concept, positives="100000")


def result(server: Server, label: str) -> dict[str, np.ndarray]:
    """The arrays of a finished result in a server's cache."""
    folder = server.folder / "cache"
    (entry,) = [entry for entry in Artefacts(folder).show() if entry.label == label]
    return dict(read_array_file(folder / f"{entry.digest}.safetensors", mapped=False).arrays)


def test_a_refresh_finds_the_job_and_two_visitors_share_it(server, visit, long_library):
    address = link(server, long_library, "many")
    first = visit(address)
    expect(stop_button(first)).to_be_visible()
    first.reload()
    expect(stop_button(first)).to_be_visible()
    second = visit(address)
    expect(second.get_by_role("progressbar").first).to_be_visible()
    expect(first.get_by_text("Is it more than chance?")).to_be_visible()
    expect(second.get_by_text("Is it more than chance?")).to_be_visible()


def test_a_job_is_stopped_and_continued(server, visit, long_library):
    page = visit(link(server, long_library, "more"))
    stop_button(page).click()
    expect(page.get_by_text("Stopped. What was finished is kept.")).to_be_visible()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("Is it more than chance?")).to_be_visible()


def test_a_job_killed_with_the_server_goes_on_to_the_same_result(server, fresh_server, visit, long_library):
    page = visit(link(fresh_server, long_library, "many"))
    expect(page.get_by_text("sentences", exact=False).filter(has_text="many")).to_be_visible()
    fresh_server.stop(kill=True)
    fresh_server.start()
    page = visit(link(fresh_server, long_library, "many"))
    expect(page.get_by_text("This was under way when the app was last closed.")).to_be_visible()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("Is it more than chance?")).to_be_visible()
    undisturbed = visit(link(server, long_library, "many"))
    expect(undisturbed.get_by_text("Is it more than chance?")).to_be_visible()
    killed, whole = result(fresh_server, "many in step-2800"), result(server, "many in step-2800")
    assert killed.keys() == whole.keys()
    for name in whole:
        np.testing.assert_array_equal(killed[name], whole[name])

"""Jobs as a visitor meets them: refreshed, shared, stopped, killed with the server."""

from __future__ import annotations

import hashlib
import json
import time
from pathlib import Path

import pytest
from playwright.sync_api import expect

from expertlens_core.artefacts import Artefacts
from expertlens_core.concepts import load_library

from .conftest import Server


@pytest.fixture(scope="module")
def long_library(tmp_path_factory) -> Path:
    """Two concepts whose many sentences keep the model busy for a while."""
    sentences = [
        f"{sentence} {number}" for number in range(5) for c in load_library("microworld") for sentence in c.positives
    ]
    half = len(sentences) // 100
    concepts = [
        {"name": name, "positives": sentences[20 * half * i :][:half], "negatives": sentences[-60:]}
        for i, name in enumerate(["many", "more"])
    ]
    path = tmp_path_factory.mktemp("library") / "long.json"
    path.write_text(json.dumps({"name": "long", "concepts": concepts}))
    return path


def link(server: Server, library: Path, concept: str) -> str:
    return server.url("experts", library=str(library), concept=concept, positives="100000")


def results(server: Server) -> dict[str, str]:
    """Label → digest of each finished result in a server's cache."""
    artefacts = Artefacts(server.folder / "cache")
    return {
        entry.label: hashlib.sha256(
            (server.folder / "cache" / f"{entry.digest}.safetensors").read_bytes()
        ).hexdigest()
        for entry in artefacts.show()
        if entry.stage == "expertise"
    }


def test_a_refresh_finds_the_job_and_two_visitors_share_it(server, visit, long_library):
    address = link(server, long_library, "many")
    first = visit(address)
    expect(first.get_by_role("button", name="Stop")).to_be_visible()
    first.reload()
    expect(first.get_by_role("button", name="Stop")).to_be_visible()
    second = visit(address)
    expect(second.get_by_role("progressbar").first).to_be_visible()
    expect(first.get_by_text("Where they sit")).to_be_visible()
    expect(second.get_by_text("Where they sit")).to_be_visible()


def test_a_job_is_stopped_within_a_second_and_continued(server, visit, long_library):
    page = visit(link(server, long_library, "more"))
    expect(page.get_by_text("left", exact=False).first).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    started = time.monotonic()
    expect(page.get_by_text("Stopped. What was finished is kept.")).to_be_visible()
    print(f"stopped after {time.monotonic() - started:.2f} s")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("Where they sit")).to_be_visible()

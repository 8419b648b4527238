"""The demo check: ready after the recording, and each thing that is missing named."""

import json
import socket
from dataclasses import replace
from types import SimpleNamespace

import pytest

from expertlens_core.pipeline import (
    FindRequest,
    SteerRequest,
    check_demo,
    keep_story,
    record_story,
    write_story,
)
from expertlens_core.pipeline.story import demo_check
from expertlens_core.run import Run


@pytest.fixture
def port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


@pytest.fixture
def recorded(filed, store, run):
    story = record_story([SteerRequest(find=filed, concept=name, tokens=4) for name in ("cat", "rose")], run)
    keep_story(story, artefacts=store)
    return story


@pytest.fixture
def look(request_, store, port, model, monkeypatch):
    monkeypatch.setattr(demo_check, "TARGET", 60.0)  # no test depends on how busy the machine is

    def check(**options):
        asked = FindRequest(model=request_.model)
        at_hand = Run(store, models=SimpleNamespace(get=lambda *_, **__: model))
        return {check.name: check for check in check_demo(asked, at_hand, port=port, **options)}

    return check


NAMES = ["story", "weights", "results", "memory", "first token", "port"]


def test_everything_is_ready_after_the_recording(recorded, look):
    checks = look()
    assert list(checks) == NAMES
    assert [check.sentence for check in checks.values() if not check.ready] == []
    assert "2 concepts (cat, rose)" in checks["story"].sentence
    assert "s (target 60.0 s)" in checks["first token"].sentence


def test_without_a_story_it_says_what_to_do_and_still_looks_at_the_rest(look):
    checks = look()
    assert {name: check.ready for name, check in checks.items()} == {
        "story": False, "weights": True, "results": False, "memory": True, "first token": False, "port": True
    }  # fmt: skip
    assert "demo prepare" in checks["story"].sentence
    assert "not measured" in checks["first token"].sentence


def test_other_weights_a_story_of_another_model_and_a_cut_file_are_said(recorded, look, tmp_path):
    stale = write_story(replace(recorded, digest="sha256:0"), tmp_path / "stale.json")
    assert "other weights" in look(story=stale)["story"].sentence
    cut = tmp_path / "cut.json"
    cut.write_bytes(stale.read_bytes()[:500])
    assert "cut short" in look(story=cut)["story"].sentence
    value = json.loads(json.dumps(recorded.to_json()).replace(json.dumps(recorded.model), '"gone"'))
    other = tmp_path / "other.json"
    other.write_text(json.dumps(value))
    found = look(story=other)["story"]
    assert not found.ready
    assert "tells of 'gone'" in found.sentence


def test_missing_results_are_named(recorded, look, store):
    for entry in store.show():
        if entry.stage == "expertise" and entry.label.startswith("rose"):
            (store.directory / f"{entry.digest}.safetensors").unlink()
    checks = look()
    assert not checks["results"].ready
    assert "not in the cache: rose;" in checks["results"].sentence
    assert not checks["first token"].ready


def test_a_slow_first_token_a_small_machine_and_a_taken_port_are_not_ready(recorded, look, port, monkeypatch):
    with socket.create_server(("127.0.0.1", port)):
        assert "in use" in look()["port"].sentence
    monkeypatch.setattr(demo_check, "TARGET", 0.0)
    found = look()["first token"]
    assert not found.ready
    assert "more than 0.0 s" in found.sentence
    monkeypatch.setattr("expertlens_core.models.residency.available_memory", lambda: 1000)
    checks = look()
    assert not checks["memory"].ready
    assert "not measured: memory must be ready first" in checks["first token"].sentence


def test_a_model_that_is_not_here(store, port, monkeypatch, tmp_path):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    checks = check_demo(FindRequest(model="nobody/nothing"), Run(store), port=port)
    assert {check.name for check in checks if check.ready} == {"port"}

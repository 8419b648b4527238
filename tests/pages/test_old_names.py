"""Links, jobs, drafts and stories that name a model or library which is no longer here: one plain sentence each."""

import json

import pytest

from expertlens_core.artefacts import open_artefacts
from expertlens_core.concepts import load_library
from expertlens_core.concepts.draft import Draft, new_draft_id, write_draft
from expertlens_core.defaults import DEFAULT_LIBRARY, DEFAULT_MODEL
from expertlens_core.errors import InputError
from expertlens_core.pipeline import FindRequest, load_story, staleness
from pages.shared.jobs import PREFIX
from pages.shared.names import read_library, read_model, read_second_model
from pages.shared.services import services

from .conftest import idle, press

GONE = "goneworld"


@pytest.fixture(autouse=True)
def places(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPERTLENS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("EXPERTLENS_LIBRARIES", str(tmp_path / "libraries"))
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")


def test_names_that_are_here_or_can_be_had_are_taken():
    for name in ("", DEFAULT_MODEL, "smollm2", "EleutherAI/pythia-70m", "openai-community/gpt2", "/no/where"):
        assert read_model(name) == name
    assert read_second_model(f"{DEFAULT_MODEL}@step-0") == f"{DEFAULT_MODEL}@step-0"
    for name in ("", DEFAULT_LIBRARY, "everyday", "men", "/no/where", "mine.csv"):
        assert read_library(name) == name


@pytest.mark.parametrize("read", [read_model, read_second_model, read_library])
def test_a_name_of_nothing_says_what_there_is(read):
    with pytest.raises(ValueError, match=r"smollm2|everyday, men"):
        read(GONE)


def test_a_link_with_old_names_says_so_and_shows_what_there_is(visit):
    app = visit(model=GONE, library=GONE, revision="step-512", concept="cat")
    assert not app.error
    notes = [warning.value.replace("\\", "") for warning in app.warning]
    for told in (
        "model = 'goneworld': expected a model that is",
        "library = 'goneworld': expected one of the",
    ):
        assert any(f"The link asks for {told}" in note for note in notes)
    assert not {"model", "library"} & set(app.query_params)


def test_a_job_that_an_old_server_left_fails_in_one_sentence():
    request = FindRequest(model=GONE, library=GONE, names=("cat",)).to_json()
    record = {"id": "old", "kind": "find", "title": f"cat in {GONE}", "request": request, "quick": True}
    open_artefacts().documents.put(f"{PREFIX}old", record)
    jobs = services().jobs
    assert jobs.get("old").state == "interrupted"
    for library, expected in (
        (GONE, "no library 'goneworld': expected everyday, men"),
        ("everyday", "use 'smollm2'"),
    ):
        jobs.submit("find", {**request, "library": library}, "cat", True, "old")
        idle()
        assert jobs.get("old").state == "failed"
        assert expected in jobs.get("old").error
        assert "\n" not in jobs.get("old").error


def test_a_draft_for_an_old_library_is_kept_in_one_of_that_name(visit):
    draft = write_draft(
        Draft(new_draft_id(), "cat", positives="A cat sat.\nCats purr.", library=GONE, replaces="cat")
    )
    app = visit("concepts", part="write", draft=draft.id)
    assert not app.error
    press(app, "Save")
    assert load_library(GONE).keys == ("cat",)


def test_a_story_of_an_old_model_says_that_its_weights_are_gone(small_story, tmp_path):
    value = json.dumps(small_story.to_json()).replace(json.dumps(small_story.model), json.dumps(GONE))
    path = tmp_path / "old.json"
    path.write_text(value)
    story = load_story(path)
    assert staleness(story) == f"The weights of {GONE} are not on this computer: the story is all there is."
    with pytest.raises(InputError, match=f"no story of '{GONE}' is recorded on this computer"):
        load_story(GONE)
    assert story.keys == small_story.keys

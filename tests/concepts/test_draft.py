"""Drafts: kept to the letter, never written over unseen."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from expertlens_core.concepts import Concept, own_libraries
from expertlens_core.concepts.draft import (
    MAX_CHARACTERS,
    Draft,
    DraftConflict,
    concept_of,
    draft_of,
    drafts,
    new_draft_id,
    read_draft,
    remove_draft,
    write_draft,
)
from expertlens_core.errors import InputError


@pytest.fixture(autouse=True)
def shelf(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("EXPERTLENS_LIBRARIES", str(tmp_path / "shelf"))
    return tmp_path / "shelf"


def test_a_draft_is_read_back_to_the_letter():
    draft = Draft(new_draft_id(), "<b>", "d", "s", " one\n\n two \u2028 \ud800", "", "mine")
    written = write_draft(draft)
    found = read_draft(draft.id)
    assert found == replace(written, positives=draft.positives.replace("\ud800", "?"))
    assert own_libraries() == (), "a draft is no library"


def test_what_another_window_wrote_is_not_written_over():
    first = write_draft(Draft(new_draft_id(), "cat"))
    second = read_draft(first.id)
    write_draft(replace(first, name="cat, changed"))
    with pytest.raises(DraftConflict, match="changed in another window"):
        write_draft(replace(second, name="dog"))
    assert read_draft(first.id).name == "cat, changed"


def test_drafts_are_listed_with_the_last_written_first_and_can_be_removed():
    old, new = (write_draft(Draft(new_draft_id(), name)) for name in ("old", "new"))
    write_draft(old)
    assert [draft.name for draft in drafts()] == ["old", "new"]
    remove_draft(old.id)
    remove_draft(old.id)
    assert [draft.id for draft in drafts()] == [new.id]


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "{}", "[" * 100_000, '{"id": 1}', json.dumps({**Draft("0" * 12).__dict__, "name": 7})],
)
def test_a_file_that_is_no_draft_counts_as_none(content, shelf):
    (shelf / "drafts").mkdir(parents=True)
    (shelf / "drafts" / f"{'0' * 12}.json").write_text(content)
    assert read_draft("0" * 12) is None
    assert drafts() == []


@pytest.mark.parametrize("name", ["", "../shelf", "0" * 11, "0" * 13, "/etc/passwd", "G" * 12])
def test_an_id_reaches_no_other_file(name, shelf):
    (shelf / "drafts").mkdir(parents=True)
    (shelf / "shelf.json").write_text("{}")
    assert read_draft(name) is None
    remove_draft(name)
    assert (shelf / "shelf.json").exists()


def test_a_text_beyond_reason_is_refused():
    with pytest.raises(InputError, match="upload them as a file"):
        write_draft(Draft(new_draft_id(), positives="x" * (MAX_CHARACTERS + 1)))


def test_a_draft_becomes_a_concept():
    draft = Draft("0" * 12, " bank ", "places", "river", " One. \r\n\n\tTwo.\nOne.\n", "")
    wanted = Concept("bank", ("One.", "Two."), None, "places", "river", source="written here")
    assert concept_of(draft) == wanted
    assert concept_of(replace(draft, negatives="Three.\nFour.")).negatives == ("Three.", "Four.")


@pytest.mark.parametrize(
    ("draft", "said"),
    [
        (Draft("0" * 12, " ", positives="One."), "your concept has no name"),
        (Draft("0" * 12, "cat", positives=" \n "), "has no positive sentence"),
        (Draft("0" * 12, "cat", positives="x" * 20_001), "has a sentence of 20,001 characters"),
        (Draft("0" * 12, "cat", positives="a\0b\nc"), "NUL character"),
    ],
)
def test_what_is_no_concept_yet_is_said_in_one_sentence(draft, said):
    with pytest.raises(InputError, match=said):
        concept_of(draft)


def test_editing_keeps_what_the_form_does_not_show():
    rest = {"broader": "animal", "source": "book", "kinds": ("fact", "story"), "related": ("purr",)}
    former = Concept("cat", ("A cat.", "The\ncat."), None, "animals", **rest)
    draft = draft_of(former, "mine", "cat")
    assert (draft.name, draft.library, draft.replaces) == ("cat", "mine", "cat")
    assert draft.positives == "A cat.\nThe cat."
    same = concept_of(replace(draft, positives="A cat."), former)
    assert (same.broader, same.source, same.related, same.kinds) == ("animal", "book", ("purr",), ("fact",))
    longer = concept_of(replace(draft, positives="A cat.\nNew."), former)
    assert longer.kinds == (), "the new one's is unknown"

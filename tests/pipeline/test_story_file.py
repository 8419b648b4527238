"""A story's file: it comes back as it was, and is believed only after every value was checked."""

import copy
import json
import re
from dataclasses import replace

import pytest

from expertlens_core.errors import InputError
from expertlens_core.pipeline import keep_story, load_story, write_story
from expertlens_core.pipeline.story.files import MAX_BYTES
from expertlens_core.pipeline.story.recorded import story_from_json

HOSTILE = (
    "<img src=x onerror=alert(1)>", "</script><script>alert(1)</script>", "![x](http://example.com/x.png)",
    "$$\\def\\x{\\x\\x}\\x$$", "\u202egnp.exe", "{{7*7}} __proto__",
)  # fmt: skip


@pytest.fixture
def value(story):
    """The story as JSON gives it back, to be spoilt."""
    return json.loads(json.dumps(story.to_json()))


def test_it_comes_back_from_a_file_and_from_the_cache_as_it_was(story, tmp_path, store):
    path = write_story(story, tmp_path / "new" / "folder")
    assert load_story(path) == story
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    assert write_story(story, tmp_path / "x.json") == tmp_path / "x.json"
    keep_story(story, artefacts=store)
    assert load_story(story.model, artefacts=store) == story
    with pytest.raises(InputError, match=r"no story of .* is recorded.*demo prepare --model"):
        load_story(story.model, "step-1", artefacts=store)


def test_hostile_text_comes_back_to_the_letter(story, tmp_path):
    markup, script, image, formula = HOSTILE[:4]
    chapter = story.concepts[0]
    sentences = tuple(replace(sentence, text=script) for sentence in chapter.best.sentences)
    spoilt = replace(
        chapter, concept=markup, domain=script, related=HOSTILE,
        best=replace(chapter.best, label=markup, sentences=sentences),
        request=replace(chapter.request, concept=markup, prompt=image),
        texts=tuple(replace(text, pieces=HOSTILE, tokens=()) for text in chapter.texts),
    )  # fmt: skip
    told = replace(story, note=formula, concepts=(spoilt,))
    assert load_story(write_story(told, tmp_path / "x.json")) == told


@pytest.mark.parametrize(
    "harm, message",
    [
        (lambda path: path.write_bytes(path.read_bytes()[:5000]), "cut short or is no JSON"),
        (lambda path: path.write_bytes(b" " * (MAX_BYTES + 1)), "larger than 8,388,608 bytes"),
        (lambda path: path.write_text("[" * 100_000), "cut short or is no JSON"),
        (lambda path: path.write_text(path.read_text().replace('"tau": 0', '"tau": NaN')), "is no JSON"),
        (lambda path: path.write_bytes(b"\xff\xfe\x00"), "cut short or is no JSON"),
        (lambda path: path.write_text(""), "cut short or is no JSON"),
        (lambda path: path.write_text("[]"), "is no object"),
        (lambda path: path.write_text("{}"), "not sound at 'format'"),
        (lambda path: path.unlink(), "cannot read the story"),
    ],
)
def test_a_damaged_file_is_refused_in_one_sentence(story, tmp_path, harm, message):
    path = write_story(story, tmp_path / "x.json")
    harm(path)
    with pytest.raises(InputError, match=message) as said:
        load_story(path)
    assert "\n" not in str(said.value)


MAY_BE_NOTHING = (
    "first_layer", "queries_keys", "revision", "negatives", "other", "attention", "modules", "experts",
    "strengths", "control", "last_layer", "tau",
)  # fmt: skip
"""Fields of a request."""


def places(value, path=()):
    """Every place in a JSON value; of some lists only the first, which is like the others."""
    for key, item in value.items() if isinstance(value, dict) else enumerate(value):
        if key not in (1, 2, 3) or path[-1] not in ("pieces", "tokens", "layers", "sentences", "related"):
            yield (*path, key)
            if isinstance(item, dict | list):
                yield from places(item, (*path, key))


def spoil(value, path, wrong):
    for key in path[:-1]:
        value = value[key]
    value[path[-1]] = wrong


def test_no_value_can_be_replaced_by_another_kind_of_value(value):
    looked_at = [path for path in places(value) if "request" not in path or path[-1] not in MAY_BE_NOTHING]
    assert len(looked_at) > 60
    for path in looked_at:
        for wrong in ({"a": 1}, None):
            spoilt = copy.deepcopy(value)
            spoil(spoilt, path, wrong)
            try:
                story_from_json(spoilt, "x")
            except InputError:
                continue
            pytest.fail(f"{path} may be {wrong}")


WRONG = (
    ("/concepts", []), ("positives", 0), ("positives", True), ("experts", -1), ("experts", 3),
    ("ap_max", 1.5), ("tau", float("nan")), ("tried", 0), ("texts 1 strength", float("inf")),
    ("texts 1 kind", "original"), ("texts 1 kind", "placebo"), ("texts 1 experts", 0),
    ("texts 1 pieces", []), ("texts 1 pieces 0", "a\0b"), ("texts 1 pieces 0", "x" * 20_001),
    ("related", ["x"] * 10_001), ("layers 0 1", "<b>"), ("request tokens", {}), ("request tokens", 3.5),
    ("request temperature", "hot"), ("request strengths", []), ("request strengths 0", "1"),
    ("request find pooling", "median"), ("request find library", 3), ("request find", 3),
    ("request concept", "rose"), ("concept", "cat"), ("/version", 2), ("/model", "another"),
)  # fmt: skip
"""Places in the first chapter, or from the root, with values that are refused."""


@pytest.mark.parametrize(
    "path, wrong, told",
    [
        *((path[1:] if path[0] == "/" else f"concepts 0 {path}", wrong, "") for path, wrong in WRONG),
        ("library", 3, "is not sound at 'library': expected text of at most 20,000 characters"),
        ("extra", 3, "is not sound at 'extra': expected no field of this name"),
        ("concepts 1 tau", 2, ", chapter 2 is not sound at 'tau': expected a number from 0 to 1"),
        ("concepts 0 best", 1, ", chapter 1, best unit is no object: expected a story"),
        ("concepts 0 best sentences 1", [1], "best unit is not sound at 'sentences': expected [text,"),
        ("concepts 0 layers 0", [], ", chapter 1 has a place of another form: expected [layer, kind,"),
        ("concepts 0 texts 1 pieces 0", "\ud800", "1, text is not sound at 'pieces': expected valid"),
        ("concepts 0 request find seed", "1", "an unusable request (seed is '1': expected a whole number)"),
        ("concepts 0 request x", 1, ", chapter 1 has an unusable request (a steer request has no"),
    ],
)
def test_a_wrong_value_is_refused_in_a_sentence_that_names_its_place(value, path, wrong, told):
    story_from_json(value, "x")
    spoil(value, [int(key) if key.isdigit() else key for key in path.split()], wrong)
    with pytest.raises(InputError, match=f"^x.*{re.escape(told)}"):
        story_from_json(value, "x")


def test_a_field_that_requests_have_gained_since_takes_its_default(value):
    for chapter in value["concepts"]:
        del chapter["request"]["chat"], chapter["request"]["find"]["match"]
    assert story_from_json(value, "x").concepts[0].request.chat is False

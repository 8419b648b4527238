"""The story: recorded once, replayed without a model, and believed only after every value was checked."""

import copy
import json
import re
from dataclasses import replace

import numpy as np
import pytest

from expertlens_core.artefacts import Artefacts
from expertlens_core.artefacts.shipped import DOCUMENTS, documents_text
from expertlens_core.errors import InputError
from expertlens_core.experts import expert_set
from expertlens_core.models.built_in import BUILT_IN_MODEL
from expertlens_core.models.extraction import extract_responses
from expertlens_core.pipeline import (
    FindRequest,
    SteerRequest,
    find,
    keep_story,
    load_story,
    plan_find,
    record_story,
    staleness,
    steer,
    write_story,
)  # fmt: skip
from expertlens_core.pipeline.finding.plan import choose_positives
from expertlens_core.pipeline.story.files import MAX_BYTES
from expertlens_core.pipeline.story.recorded import story_from_json
from expertlens_core.pipeline.story.recording import best_unit
from expertlens_core.run import Run

HOSTILE = (
    "<img src=x onerror=alert(1)>", "</script><script>alert(1)</script>", "![x](http://example.com/x.png)",
    "$$\\def\\x{\\x\\x}\\x$$", "\u202egnp.exe", "{{7*7}} __proto__",
)  # fmt: skip


@pytest.fixture(scope="module")
def requests(tiny_folder, library_file):
    sizes = {"positives": 16, "negatives": 40}
    find = FindRequest(model=str(tiny_folder), library=str(library_file), device="cpu", **sizes)
    return [SteerRequest(find=find, concept=name, prompt="She saw", tokens=9) for name in ("dog", "cat")]


@pytest.fixture(scope="module")
def shared(library, model, tmp_path_factory):
    """The tiny model, its library, and the store that the story was recorded with."""
    store = Artefacts(tmp_path_factory.mktemp("cache"), 10**9, lambda text: None)
    return Run(store, library=library, model=model)


@pytest.fixture(scope="module")
def story(requests, shared):
    """A story of two concepts of the tiny model."""
    return record_story(requests, shared)


@pytest.fixture
def value(story):
    """The story as JSON gives it back, to be spoilt."""
    return json.loads(json.dumps(story.to_json()))


def test_it_holds_what_find_finds(story, requests, shared):
    units = shared.model.units
    assert story.keys == ("dog", "cat")
    for chapter, request in zip(story.concepts, requests):
        (found,) = find(replace(request.find, names=(chapter.concept,)), shared)
        assert chapter.experts == len(expert_set(found.expertise)) == sum(s.experts for s in chapter.layers)
        assert chapter.ap_max == found.expertise.ap.max()
        assert (chapter.positives, chapter.negatives, chapter.prevalence) == (16, 40, 16 / 56)
        assert chapter.units == units.count == sum(place.units for place in chapter.layers)
        assert chapter.best.ap == found.expertise.ap[~units.token_only].max()


def test_the_best_units_sentences_are_those_that_move_it_most(story, library):
    for chapter in story.concepts:
        sentences = chapter.best.sentences
        responses = [sentence.response for sentence in sentences]
        assert responses == sorted(responses, reverse=True)
        assert sum(sentence.positive for sentence in sentences) == 4
        own = choose_positives(library[chapter.concept], 16)
        assert all((sentence.text in own) == sentence.positive for sentence in sentences)


def test_the_best_unit_sees_more_than_the_token_and_its_own_responses_are_shown(requests, shared):
    model = shared.model
    (found,) = find(replace(requests[1].find, names=("cat",)), shared)
    ap = found.expertise.ap * 0.5
    token_only, other = np.flatnonzero(model.units.token_only)[5], np.flatnonzero(~model.units.token_only)[70]
    ap[token_only], ap[other] = 0.99, 0.98
    plan = plan_find(replace(requests[1].find, names=("cat",)), shared)
    unit = best_unit(plan, replace(found.expertise, ap=ap), shared)
    assert unit.label == model.units.label(int(other))
    module, index = model.units.locate(int(other))
    assert index > 0
    responses = extract_responses(model, tuple(sentence.text for sentence in unit.sentences))
    values = responses.values[model.units.modules.index(module)][:, index]
    expected = [sentence.response for sentence in unit.sentences]
    np.testing.assert_allclose(values, expected, rtol=1e-4, atol=1e-5)


def test_steering_live_writes_the_recorded_texts_piece_by_piece(story, shared):
    for chapter in story.concepts:
        steps = list(steer(chapter.request, shared))
        assert [text.kind for text in chapter.texts] == ["original", "steered", "control"]
        for number, text in enumerate(chapter.texts):
            assert text.text == steps[-1][number].text
            assert text.experts == steps[-1][number].experts
            for count, step in enumerate(steps[: len(text.pieces)], 1):
                assert "".join(text.pieces[:count]) == step[number].text
        assert chapter.text_of("control").text != chapter.text_of("original").text


def test_every_setting_is_explicit(story):
    for chapter in story.concepts:
        assert None not in (chapter.request.experts, chapter.request.strengths, chapter.request.control)
        assert chapter.request.samples == 1
        assert chapter.first_token > 0
    assert dict(story.versions)["torch"]


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
        texts=tuple(replace(text, pieces=HOSTILE) for text in chapter.texts),
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
    "strengths", "control",
)  # fmt: skip
"""Fields of a request."""


def places(value, path=()):
    """Every place in a JSON value; of some lists only the first, which is like the others."""
    for key, item in value.items() if isinstance(value, dict) else enumerate(value):
        if key not in (1, 2, 3) or path[-1] not in ("pieces", "layers", "sentences", "related"):
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


@pytest.fixture
def with_shipped(story, tmp_path, notices):
    """A store above a folder with one shipped story."""
    folder = tmp_path / "shipped"
    folder.mkdir()
    (folder / DOCUMENTS).write_text(documents_text({f"story/{BUILT_IN_MODEL}@": story.to_json()}))
    return Artefacts(tmp_path / "cache", notify=notices.append, shipped=folder)


def test_a_damaged_story_in_the_cache_gives_way_to_the_one_that_ships(story, with_shipped, notices):
    with_shipped.documents.put(f"story/{BUILT_IN_MODEL}@", {"format": "something else"})
    assert load_story(BUILT_IN_MODEL, artefacts=with_shipped) == story
    assert "not sound" in notices[-1]
    with_shipped.documents.put("story/other@", {"format": "something else"})
    with pytest.raises(InputError, match="the story of other in the cache is not sound at 'format'"):
        load_story("other", artefacts=with_shipped)


def test_the_story_that_ships_is_that_of_its_model_and_revision(story, tmp_path, with_shipped):
    store = Artefacts(tmp_path / "alone", shipped=tmp_path / "nowhere")
    with pytest.raises(InputError, match="no story of 'smollm2' is recorded on this computer"):
        load_story(BUILT_IN_MODEL, artefacts=store)
    assert load_story(BUILT_IN_MODEL, artefacts=with_shipped) == story
    for model, revision in ((BUILT_IN_MODEL, "step-1"), ("other", None)):
        with pytest.raises(InputError, match="no story of"):
            load_story(model, revision, artefacts=with_shipped)


def test_other_weights_are_noticed(story, shared, store):
    assert staleness(story, artefacts=shared.artefacts) == ""
    assert staleness(story, artefacts=store) == ""  # nothing known: the files themselves are looked at
    assert "recorded with other weights" in staleness(replace(story, digest="sha256:0"), artefacts=store)
    chapter = story.concepts[0]
    away = replace(chapter.request, find=replace(chapter.request.find, model="nobody/nothing"))
    gone = replace(story, model="nobody/nothing", concepts=(replace(chapter, request=away),))
    assert "not on this computer" in staleness(gone, artefacts=store)


def test_a_trained_models_story_tells_of_its_concepts(small_story, store):
    assert staleness(small_story, artefacts=store) == ""
    for chapter in small_story.concepts:
        assert chapter.experts > 50 * chapter.by_luck
        counts = {
            text.kind: sum(word.strip('.,!?"').lower() in chapter.related for word in text.text.split())
            for text in chapter.texts
        }
        assert counts["steered"] >= 7
        assert max(counts["original"], counts["control"]) <= 1


def test_nothing_to_record_is_said(requests, shared):
    other = replace(requests[0], find=replace(requests[0].find, revision="step-1"))
    for asked, told in (
        ([], "name at least one"),
        ([requests[0], other], "one model and one library"),
        ([replace(requests[0], concept="lion")], "no concept 'lion'"),
    ):
        with pytest.raises(InputError, match=told):
            record_story(asked, shared)


def test_loading_a_story_loads_no_torch(small_story, tmp_path, python):
    path = write_story(small_story, tmp_path / "x.json")
    script = (
        f"import sys; from expertlens_core.pipeline import load_story, staleness; story = load_story({str(path)!r}); "
        "assert staleness(story) == ''; sys.exit(bool({'torch', 'transformers'} & set(sys.modules)))"
    )
    assert python(script, EXPERTLENS_CACHE=tmp_path / "cache").returncode == 0

"""The story: recorded once, replayed without a model, and believed only after every value was checked."""

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
    find,
    load_story,
    plan_find,
    record_story,
    staleness,
    steer,
    write_story,
)  # fmt: skip
from expertlens_core.pipeline.finding.plan import choose_positives
from expertlens_core.pipeline.story.recording import best_unit


def test_it_holds_what_find_finds(story, requests, story_run):
    units = story_run.model.units
    assert story.keys == ("dog", "cat")
    for chapter, request in zip(story.concepts, requests):
        (found,) = find(replace(request.find, names=(chapter.concept,)), story_run)
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


def test_the_best_unit_sees_more_than_the_token_and_its_own_responses_are_shown(requests, story_run):
    model = story_run.model
    (found,) = find(replace(requests[1].find, names=("cat",)), story_run)
    ap = found.expertise.ap * 0.5
    token_only, other = np.flatnonzero(model.units.token_only)[5], np.flatnonzero(~model.units.token_only)[70]
    ap[token_only], ap[other] = 0.99, 0.98
    plan = plan_find(replace(requests[1].find, names=("cat",)), story_run)
    unit = best_unit(plan, replace(found.expertise, ap=ap), story_run)
    assert unit.label == model.units.label(int(other))
    module, index = model.units.locate(int(other))
    assert index > 0
    responses = extract_responses(model, tuple(sentence.text for sentence in unit.sentences))
    values = responses.values[model.units.modules.index(module)][:, index]
    expected = [sentence.response for sentence in unit.sentences]
    np.testing.assert_allclose(values, expected, rtol=1e-4, atol=1e-5)


def test_steering_live_writes_the_recorded_texts_piece_by_piece(story, story_run):
    for chapter in story.concepts:
        steps = list(steer(chapter.request, story_run))
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


def test_other_weights_are_noticed(story, story_run, store):
    assert staleness(story, artefacts=story_run.artefacts) == ""
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


def test_nothing_to_record_is_said(requests, story_run):
    other = replace(requests[0], find=replace(requests[0].find, revision="step-1"))
    for asked, told in (
        ([], "name at least one"),
        ([requests[0], other], "one model and one library"),
        ([replace(requests[0], concept="lion")], "no concept 'lion'"),
    ):
        with pytest.raises(InputError, match=told):
            record_story(asked, story_run)


def test_loading_a_story_loads_no_torch(small_story, tmp_path, python):
    path = write_story(small_story, tmp_path / "x.json")
    script = (
        f"import sys; from expertlens_core.pipeline import load_story, staleness; story = load_story({str(path)!r}); "
        "assert staleness(story) == ''; sys.exit(bool({'torch', 'transformers'} & set(sys.modules)))"
    )
    assert python(script, EXPERTLENS_CACHE=tmp_path / "cache").returncode == 0

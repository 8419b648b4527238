"""The story plays to its end: live, recorded, and recorded whenever live fails."""

import html
import re
import threading
import time
from dataclasses import replace

import pytest

from expertlens_core.pipeline import keep_story
from expertlens_core.pipeline.cards import text as recorded_text
from expertlens_core.pipeline.cards.html import marked
from pages.parts.story import live as story_live
from pages.shared.services import services

from .conftest import until


@pytest.fixture(scope="module", autouse=True)
def story(small_story, place):
    """A story whose live texts are shorter than those recorded, kept where pages look first."""
    chapters = []
    for told in small_story.concepts:
        find = replace(told.request.find, positives=40, negatives=100)
        chapters.append(replace(told, request=replace(told.request, tokens=40, find=find)))
    made = replace(small_story, concepts=tuple(chapters))
    keep_story(made)
    return made


@pytest.fixture(autouse=True)
def pace(monkeypatch):
    """Replays take no time, and a busy machine has all the time it needs."""
    monkeypatch.setattr(story_live, "PACE", 1e6)
    monkeypatch.setattr(story_live, "PATIENCE", 100.0)


@pytest.fixture
def open_story(visit):
    return lambda **link: visit("story", **link)


@pytest.fixture
def badge(markup):
    """What the page says of its texts: live, or recorded when."""

    def read(app) -> str:
        found = re.search(r'class="el-badge[^>]*>([^<]*)<', markup(app))
        assert found, "the page has no badge"
        return found.group(1)

    return read


@pytest.fixture
def play(open_story, markup):
    """Look until the texts are all there."""

    def look(app=None, **link):
        app = app or open_story(**link)
        for _ in range(300):
            assert not app.exception
            assert not app.error
            if "el-count" in markup(app) and "el-caret" not in markup(app):
                return app
            time.sleep(0.05)
            app.run()
        raise AssertionError(f"the texts never ended: {markup(app)[-400:]}")

    return look


@pytest.fixture
def replayed(play, badge, seen):
    """The third step plays the record of a chapter to its end; returns what is seen."""

    def check(told=None, **link) -> str:
        app = play(step="3", **link)
        assert badge(app).startswith("▶ recorded")
        assert told is None or told.text_of("steered").text in seen(app)
        return seen(app)

    return check


def break_models(monkeypatch):
    def broken(*_arguments, **_options):
        raise RuntimeError("the weights fell off the disk")

    monkeypatch.setattr(services().models, "get", broken)


def test_recorded_it_plays_from_the_first_step_to_the_last_chapter(story, open_story, play, badge, seen):
    app = open_story(mode="recorded")
    for number, told in enumerate(story.concepts):
        assert f"share? {told.concept.capitalize()}." in seen(app)
        assert all(sentence in seen(app) for sentence in told.said[:3])
        app.button(key="next").click().run()
        assert f"{told.experts:,}of {told.units:,} neurons" in seen(app)
        assert f"{told.by_luck:.1f}would do so by luck" in seen(app)
        app.button(key="next").click().run()
        play(app)
        for kind in ("original", "steered"):
            assert told.prompt + told.text_of(kind).text in seen(app)
        assert badge(app) == f"▶ recorded {story.created[:10]}"
        last = number + 1 == len(story.concepts)
        assert app.button(key="next").label.startswith("From the beginning" if last else "Next concept")
        app.button(key="next").click().run()
    assert f"share? {story.keys[0].capitalize()}." in seen(app)


def test_live_it_plays_to_its_end_and_says_so(story, play, badge, seen, markup):
    told = story.concepts[0]
    app = play(concept=told.concept, step="3")
    assert badge(app) == "● live"
    assert len(re.findall(r"<b>(\d+)</b> words? of", markup(app))) == 2
    # The record was taken at 80 tokens of other neurons: these texts have been written here and now.
    assert told.text_of("steered").text not in seen(app)
    assert told.prompt in seen(app)
    before = seen(app)
    app.button(key="show controls").click().run()
    app.button(key="again").click().run()
    again = play(app)
    assert badge(again) == "● live"
    assert before.split("switched on")[0] in seen(again), "the same dice write the same text"


def test_a_broken_model_store_is_covered_by_the_record(story, monkeypatch, replayed):
    break_models(monkeypatch)
    shown = replayed(story.concepts[1], concept=story.keys[1])
    assert "The live model failed (RuntimeError)." in shown
    assert "fell off the disk" not in shown, "an audience sees no inner workings"


def test_a_silent_model_is_covered_by_the_record(story, monkeypatch, replayed):
    release = threading.Event()

    def silent(*_arguments, **_options):
        release.wait(60)
        yield ()

    monkeypatch.setattr(story_live, "steer", silent)
    monkeypatch.setattr(story_live, "PATIENCE", 0.3)
    try:
        assert re.search("silent|not ready", replayed(story.concepts[0], concept=story.keys[0]))
    finally:
        release.set()


def test_a_stream_that_breaks_in_the_middle_is_covered_by_the_record(story, monkeypatch, replayed):
    real = story_live.steer

    def breaking(*arguments, **options):
        for number, rows in enumerate(real(*arguments, **options)):
            if number == 3:
                raise RuntimeError("out of memory, or worse")
            yield rows

    monkeypatch.setattr(story_live, "steer", breaking)
    replayed(story.concepts[0], concept=story.keys[0])


def test_an_unknown_model_shows_the_recorded_story_and_says_why(story, replayed):
    shown = replayed(model="/nowhere/at/all")
    assert f"Here is the recorded story of {story.keys[0]}." in shown
    assert "/nowhere/at/all" in shown


def test_a_concept_without_a_record_is_told_live_and_gives_way_when_that_fails(
    story, monkeypatch, open_story, badge, seen, replayed
):
    link = {"concept": "dog", "positives": "40", "negatives": "100"}
    app = open_story(**link, step="2")
    until(lambda: "would do so by luck" in seen(app.run()), 60)
    assert "Some neurons know dog" in seen(app)
    assert badge(app) == "● live"
    break_models(monkeypatch)
    assert f"Here is the recorded story of {story.keys[0]}." in replayed(**link)


def test_recorded_only_never_touches_the_model(monkeypatch, replayed):
    def never(*_arguments, **_options):
        raise AssertionError("the model was asked for")

    monkeypatch.setattr(story_live, "load_for", never)
    monkeypatch.setattr(story_live, "steer", never)
    replayed(mode="recorded")
    assert "Dog is not in the recorded story" in replayed(mode="recorded", concept="dog")


def test_without_any_story_the_page_says_that_there_is_none(tmp_path, monkeypatch, open_story, seen):
    monkeypatch.setenv("EXPERTLENS_CACHE", str(tmp_path))
    app = open_story(mode="recorded", step="3")
    for told in (
        "There is no story to tell yet",
        "This concept is not in the recorded story.",
        "demo prepare",
    ):
        assert told in seen(app)


def test_there_are_no_controls_until_asked_for(open_story, seen):
    app = open_story(mode="recorded", step="3")
    assert not app.main.radio
    assert {button.key for button in app.main.button} == {"back", "next", "show controls"}
    app.button(key="show controls").click().run()
    assert app.main.radio[0].value == "recorded"
    assert "random neurons" in seen(app)


def test_a_replay_shows_the_tokens_one_after_the_other(story):
    told = story.concepts[0]
    pieces = told.text_of("steered").pieces
    for seconds, tokens in ((0.0, 1), (1.0, 11), (2.5, 26)):
        texts, over = recorded_text.replayed(told.texts, seconds, 10.0)
        assert texts["steered"] == "".join(pieces[:tokens])
        assert not over
    assert recorded_text.replayed(told.texts, 60, 10.0)[1]


@pytest.mark.parametrize("step", ["1", "2", "3"])
def test_markup_in_a_story_is_text(story, evil, step, open_story, markup, seen):
    chapter, text = evil
    keep_story(replace(story, concepts=(chapter, story.concepts[1]), created=text))
    try:
        app = open_story(mode="recorded", step=step, controls="1")
        assert text in seen(app)
        assert "<img" not in markup(app)
        assert "<b>bold" not in markup(app)
        assert not any(re.search(r"(?<!\\)<img", button.label) for button in app.button)
    finally:
        keep_story(story)


def test_words_of_the_concept_are_marked_and_others_are_not():
    text = "Cats purred; the catalogue was a dog's. A CAT & paws"
    body = marked(text, "cat", {"purred", "paws"})
    assert re.findall(r'<mark class="el-(\w+)">([^<]+)</mark>', body) == [
        ("name", "Cats"), ("related", "purred"), ("name", "CAT"), ("related", "paws"),
    ]  # fmt: skip
    assert html.unescape(re.sub("<[^>]+>", "", body)) == text
    assert "<mark" not in marked(text, "bank (river)", ())
    assert marked("Polar bears and bears", "polar bear", ()).count("<mark ") == 1

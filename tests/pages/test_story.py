"""The story plays to its end: live, recorded, and recorded whenever live fails."""

import html
import re
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

ROOT = Path(__file__).parents[2]
EVIL = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module", autouse=True)
def story(small_story, tmp_path_factory):
    """A story whose live texts are shorter than those recorded, kept where pages look first."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPERTLENS_CACHE", str(tmp_path_factory.mktemp("cache")))
        patch.syspath_prepend(str(ROOT))
        from expertlens_core.pipeline import keep_story

        chapters = tuple(
            replace(
                told,
                request=replace(
                    told.request, tokens=40, find=replace(told.request.find, positives=40, negatives=100)
                ),
            )
            for told in small_story.concepts
        )
        made = replace(small_story, concepts=chapters)
        keep_story(made)
        yield made


@pytest.fixture(autouse=True)
def pace(monkeypatch):
    """Replays take no time, and a busy machine has all the time it needs."""
    from pages.parts.story import live as story_live

    monkeypatch.setattr(story_live, "PACE", 1e6)
    monkeypatch.setattr(story_live, "PATIENCE", 100.0)


def visit(**link: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "pages" / "router.py"), default_timeout=120)
    for name, value in link.items():
        app.query_params[name] = value
    app.run()
    return app.switch_page("story.py").run()


def body(app: AppTest) -> str:
    """What the page draws, without its style sheet."""
    return re.sub(r"<style>.*?</style>", "", "".join(part.proto.body for part in app.get("html")), flags=re.S)


def seen(app: AppTest) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", body(app)))


def badge(app: AppTest) -> str:
    found = re.search(r'class="el-badge[^>]*>([^<]*)<', body(app))
    assert found, "the page has no badge"
    return found.group(1)


def play(app: AppTest) -> AppTest:
    """Look until the texts are all there."""
    for _ in range(300):
        assert not app.exception
        assert not app.error
        if "el-count" in body(app) and "el-caret" not in body(app):
            return app
        time.sleep(0.05)
        app.run()
    raise AssertionError(f"the texts never ended: {seen(app)[-400:]}")


def break_models(monkeypatch):
    from pages.shared.services import services

    def broken(*_arguments, **_options):
        raise RuntimeError("the weights fell off the disk")

    monkeypatch.setattr(services().models, "get", broken)


def test_recorded_it_plays_from_the_first_step_to_the_last_chapter(story):
    app = visit(mode="recorded")
    for number, told in enumerate(story.concepts):
        assert f"share? {told.concept.capitalize()}." in seen(app)
        for sentence in [s.text for s in told.best.sentences if s.positive][:3]:
            assert sentence in seen(app)
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


def test_live_it_plays_to_its_end_and_says_so(story):
    told = story.concepts[0]
    app = play(visit(concept=told.concept, step="3"))
    assert badge(app) == "● live"
    counts = [int(count) for count in re.findall(r"<b>(\d+)</b> words? of", body(app))]
    assert len(counts) == 2
    # The record was taken at 80 tokens of other neurons: these texts have been written here and now.
    assert told.text_of("steered").text not in seen(app)
    assert told.prompt in seen(app)
    before = seen(app)
    app.button(key="show controls").click().run()
    app.button(key="again").click().run()
    again = play(app)
    assert badge(again) == "● live"
    assert before.split("switched on")[0] in seen(again), "the same dice write the same text"


def test_a_broken_model_store_is_covered_by_the_record(story, monkeypatch):
    break_models(monkeypatch)
    told = story.concepts[1]
    app = play(visit(concept=told.concept, step="3"))
    assert badge(app).startswith("▶ recorded")
    assert told.text_of("steered").text in seen(app)
    assert "The live model failed (RuntimeError)." in seen(app)
    assert "fell off the disk" not in seen(app), "an audience sees no inner workings"


def test_a_silent_model_is_covered_by_the_record(story, monkeypatch):
    from pages.parts.story import live as story_live

    release = threading.Event()

    def silent(*_arguments, **_options):
        release.wait(60)
        yield ()

    monkeypatch.setattr(story_live, "steer", silent)
    monkeypatch.setattr(story_live, "PATIENCE", 0.3)
    told = story.concepts[0]
    try:
        app = play(visit(concept=told.concept, step="3"))
        assert badge(app).startswith("▶ recorded")
        assert told.text_of("steered").text in seen(app)
        assert re.search("silent|not ready", seen(app))
    finally:
        release.set()


def test_a_stream_that_breaks_in_the_middle_is_covered_by_the_record(story, monkeypatch):
    from pages.parts.story import live as story_live

    real = story_live.steer

    def breaking(*arguments, **options):
        for number, rows in enumerate(real(*arguments, **options)):
            if number == 3:
                raise RuntimeError("out of memory, or worse")
            yield rows

    monkeypatch.setattr(story_live, "steer", breaking)
    told = story.concepts[0]
    app = play(visit(concept=told.concept, step="3"))
    assert badge(app).startswith("▶ recorded")
    assert told.text_of("steered").text in seen(app)


def test_an_unknown_model_shows_the_recorded_story_and_says_why(story):
    app = play(visit(model="/nowhere/at/all", step="3"))
    assert badge(app).startswith("▶ recorded")
    assert f"Here is the recorded story of {story.keys[0]}." in seen(app)
    assert "/nowhere/at/all" in seen(app)


def test_a_concept_without_a_record_is_told_live_and_gives_way_when_that_fails(story, monkeypatch):
    link = {"concept": "dog", "positives": "40", "negatives": "100", "step": "2"}
    app = visit(**link)
    for _ in range(300):
        if "would do so by luck" in seen(app):
            break
        time.sleep(0.1)
        app.run()
    assert "Some neurons know dog" in seen(app)
    assert badge(app) == "● live"
    break_models(monkeypatch)
    app = play(visit(**{**link, "step": "3"}))
    assert badge(app).startswith("▶ recorded")
    assert f"Here is the recorded story of {story.keys[0]}." in seen(app)


def test_recorded_only_never_touches_the_model(story, monkeypatch):
    from pages.parts.story import live as story_live

    def never(*_arguments, **_options):
        raise AssertionError("the model was asked for")

    monkeypatch.setattr(story_live, "load_for", never)
    monkeypatch.setattr(story_live, "steer", never)
    app = play(visit(mode="recorded", step="3"))
    assert badge(app).startswith("▶ recorded")
    app = play(visit(mode="recorded", step="3", concept="dog"))
    assert "Dog is not in the recorded story" in seen(app)


def test_without_any_story_the_page_says_that_there_is_none(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPERTLENS_CACHE", str(tmp_path))
    app = visit(mode="recorded", step="3")
    assert not app.exception
    assert "There is no story to tell yet" in seen(app)
    assert "This concept is not in the recorded story." in seen(app)
    assert "demo prepare" in seen(app)


def test_there_are_no_controls_until_asked_for():
    app = visit(mode="recorded", step="3")
    assert not app.main.radio
    assert {button.key for button in app.main.button} == {"back", "next", "show controls"}
    app.button(key="show controls").click().run()
    assert app.main.radio[0].value == "recorded"
    assert "random neurons" in seen(app)


def test_a_replay_shows_the_tokens_one_after_the_other(story, monkeypatch):
    from pages.parts.story import live as story_live

    monkeypatch.setattr(story_live, "PACE", 10.0)
    told = story.concepts[0]
    pieces = told.text_of("steered").pieces
    for seconds, tokens in ((0.0, 1), (1.0, 11), (2.5, 26)):
        shown = story_live.replayed(told, seconds)
        assert shown.texts["steered"] == "".join(pieces[:tokens])
        assert not shown.over
    assert story_live.replayed(told, 60).over


@pytest.mark.parametrize("step", ["1", "2", "3"])
def test_markup_in_a_story_is_text(story, step):
    from expertlens_core.pipeline import keep_story

    told = story.concepts[0]
    evil = replace(
        told,
        concept=EVIL,
        best=replace(told.best, sentences=tuple(replace(s, text=EVIL) for s in told.best.sentences)),
        request=replace(told.request, concept=EVIL, prompt=EVIL),
        texts=tuple(replace(text, pieces=(EVIL, " <b>bold</b>")) for text in told.texts),
        related=(EVIL, "bold"),
    )
    keep_story(replace(story, concepts=(evil, story.concepts[1]), created=EVIL))
    try:
        app = visit(mode="recorded", step=step, controls="1")
        assert EVIL in seen(app)
        assert "<img" not in body(app)
        assert "<b>bold" not in body(app)
        assert not any(re.search(r"(?<!\\)<img", button.label) for button in app.button)
    finally:
        keep_story(story)


def test_words_of_the_concept_are_marked_and_others_are_not():
    from pages.parts.story.html import marked

    text = "Cats purred; the catalogue was a dog's. A CAT & paws"
    body = marked(text, "cat", {"purred", "paws"})
    assert re.findall(r'<mark class="el-(\w+)">([^<]+)</mark>', body) == [
        ("name", "Cats"), ("related", "purred"), ("name", "CAT"), ("related", "paws"),
    ]  # fmt: skip
    assert html.unescape(re.sub("<[^>]+>", "", body)) == text
    assert "<mark" not in marked(text, "bank (river)", ())
    assert marked("Polar bears and bears", "polar bear", ()).count("<mark ") == 1

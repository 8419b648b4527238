"""The Steer page on the default model, through the router; its labels, words and files."""

import json
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from expertlens_core.concepts import Concept, load_library
from expertlens_core.defaults import DEFAULT_LIBRARY
from expertlens_core.pipeline import SteeredText, SteerRequest
from pages.parts.steer import texts as module
from pages.parts.steer.run import Asked
from pages.parts.steer.texts import count, document, label, pace, state_line, table, title
from pages.parts.steer.words import ConceptWords, concept_words
from pages.shared.services import services
from pages.shared.streams import Shot

from .conftest import until

pytestmark = pytest.mark.usefixtures("place")
IMAGE = "<img src=x onerror=alert(1)>"
STEERED = SteeredText("steered", 0.5, 0, " a paw", True, 20, 6, "cat, 20 experts", True, "length")
ORIGINAL = SteeredText("original", 0.0, 0, " a road", True, stop="end")
WORDS = ConceptWords("cat", frozenset({"paw"}), frozenset({"purr"}))


def made(**options) -> Asked:
    return Asked(1, SteerRequest(**options), "", {"model": "a/model", "revision": "r"}, WORDS)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, "Steered"),
        ({"steered": False}, "Not steered"),
        ({"strength": 0.0}, "Not steered"),
        ({"experts": 0}, "To be steered"),
        ({"kind": "control", "steered": False}, "Control, not steered"),
    ],
)
def test_nothing_is_called_steered_before_its_units_were_set_in_a_pass(changed, expected):
    assert title(replace(STEERED, **changed)) == expected


def test_a_label_says_what_was_set_where_and_how_strongly():
    asked, control = made(), replace(STEERED, kind="control")
    assert label(ORIGINAL, asked) == "The model as it is: no unit is set."
    assert label(STEERED, asked) == "The 20 best experts of cat in 6 modules, strength 0.5."
    assert label(control, asked).startswith("20 random units, none of them these experts")
    other = replace(made(control="other-concept"), other="river")
    assert label(control, other) == "The 20 best experts of river in 6 modules, strength 0.5."
    assert "this is the original" in label(replace(STEERED, strength=0.0), asked)
    assert "not set in any pass" in label(replace(STEERED, steered=False), asked)
    deep = label(replace(STEERED, first_layer=12, queries_keys=False), asked)
    assert deep.startswith(
        "The 20 best experts of cat from layer 12 on, without queries and keys, in 6 modules"
    )


@pytest.mark.parametrize(
    ("shot", "ahead", "words"),
    [
        (Shot(1, "waiting"), 2, "2 before you"),
        (Shot(1, "writing", ("x",), asked=1.0, first=1.25), 0, "0.25 s"),
        (Shot(1, "stopped", ended=2.0, left=True), 0, "left for a while"),
        (Shot(1, "failed", error="x", asked=1.0, first=2.0, ended=3.0), 0, "Broken off"),
    ],
)
def test_the_line_of_state_tells_of_others_and_of_why_it_ended(shot, ahead, words):
    assert words in state_line(shot, ahead)


def test_words_of_the_concept_are_coloured_counted_and_escaped():
    text = f"{IMAGE} The CATS' paw, the cat’s purr & scatter"
    assert WORDS.count(text)[0] == 4
    html = WORDS.html(text)
    assert "<img" not in html
    assert html.count("<mark") == 4
    assert "<mark" not in WORDS.html("scatter concatenate")
    assert "4</span> words about cat" in count([replace(STEERED, text=text)], made())
    assert "".join(piece for piece, _ in WORDS.pieces(text)) == text


def test_related_words_are_known_by_their_kind_and_a_name_in_its_forms():
    words = concept_words(load_library(DEFAULT_LIBRARY)["cat"])
    assert words.known
    assert (len(words.seen) > 20, len(words.unseen) > 20) == (True, True)
    kinds = dict(words.pieces("Cats purr"))
    assert kinds["Cats"] == "name"
    name_only = concept_words(Concept("cactus", ("a", "b"), domain="plants"))
    assert not name_only.known
    assert name_only.count("A cactus and two cacti") == (2, 5)
    assert "1</span> word that names cat" in count(
        [replace(STEERED, text="a cactus")], replace(made(), words=name_only)
    )


def test_files_hold_the_texts_and_every_setting():
    asked = made(prompt=IMAGE, seed=7, temperature=0.5, tokens=9)
    shot = Shot(1, "stopped", (ORIGINAL, STEERED))
    written = json.loads(json.dumps(document(shot, asked)))
    assert [row["kind"] for row in written["rows"]] == ["original", "steered"]
    assert written["rows"][1]["steered"] is True
    assert written["rows"][1]["words of the concept"] == 1
    assert not written["complete"]
    assert SteerRequest.from_json(written["request"]) == asked.request
    rows = table(shot, asked)
    assert list(rows["seed"]) == [7, 7]
    assert set(rows["prompt"]) == {IMAGE}
    assert set(rows["revision"]) == {"r"}


@pytest.fixture
def page(visit):
    """The page; its concept has few sentences, so that its experts are found in a second."""

    def open_page(**link: str) -> AppTest:
        return visit("steer", **{"positives": "40", "negatives": "60", "tokens": "6", "texts": "2", **link})

    return open_page


@pytest.fixture
def press():
    """Press a button, and wait until a caption begins with one of some words."""

    def pressed(app: AppTest, key: str = "steer", then: tuple[str, ...] = ("Done", "Broken")) -> AppTest:
        app.button(key=key).click().run()
        until(lambda: any(each.value.startswith(then) for each in app.run().caption), 240)
        return app

    return pressed


def texts(app: AppTest) -> list[str]:
    return [block.proto.body for block in app.get("html") if "pre-wrap" in block.proto.body]


def titles(app: AppTest) -> list[str]:
    return [line.value.removeprefix("##### ") for line in app.markdown if line.value.startswith("##### ")]


def test_at_first_the_page_says_what_will_happen_and_offers_one_button(page):
    app = page()
    assert any("side by side" in text.value for text in app.markdown)
    assert [button.label for button in app.button if "teer" in button.label] == ["Steer towards cat"]
    assert app.number_input(key="w experts").value is None, "the model is not loaded: its dose is not known"
    assert app.slider(key="w strength").value == 0.4


def test_pressing_finds_the_experts_and_writes_all_columns(page, press):
    app = press(page())
    assert [job.title for job in services().jobs.all()] == ["cat in step-2800"], "found with progress, before"
    assert titles(app) == ["Original", "Steered", "Control"]
    first = texts(app)
    assert len(first) == 3
    assert first[0].count("Once upon a time") == 2, "two texts a column"
    assert texts(press(app)) == first, "the same seed writes the same"
    assert texts(press(app, "steer new seed")) != first
    assert "draw" in app.query_params


def test_while_experts_are_found_there_is_one_way_to_stop(page):
    def ways_out() -> list[str]:
        return [button.label for button in app.button if button.label in ("Stop", "Cancel", "Continue")]

    app = page(concept="horse")
    with services().turns.held():
        app.button(key="steer").click().run()
        assert ways_out() == ["Stop"]
        next(button for button in app.button if button.label == "Stop").click().run()
    until(lambda: app.run() and ways_out() != ["Stop"], 60)
    assert ways_out() == ["Continue", "Cancel"]
    app.button(key="steer cancel").click().run()
    assert ways_out() == []
    assert app.button(key="steer").label == "Steer towards horse"


def test_strength_nought_is_labelled_as_what_it_is(page, press):
    app = press(page(strength="0", control="none"))
    assert titles(app) == ["Original", "Not steered"]
    original, steered = texts(app)
    assert original == steered


def test_a_browser_that_lags_behind_does_not_take_a_prompt_back(page):
    """A look at growing texts sends all values of the widgets, also one whose change is not drawn yet."""
    app = page()
    stale = app._tree.get_widget_states()
    prompt = next(each for each in stale.widgets if "prompt" in each.id)
    preset = next(each for each in stale.widgets if "preset" in each.id)
    assert preset.string_array_value.data == ["Once upon a time"]
    prompt.string_value = "Tell me of"
    for _ in range(2):
        app._run(stale)
        assert not app.exception
        assert app.query_params["prompt"] == "Tell me of"


def test_html_in_the_prompt_is_text(page, press):
    app = press(page(prompt=IMAGE))
    assert all("<img" not in text and "&lt;img" in text for text in texts(app))


def test_settings_that_moved_on_are_told_and_a_bad_one_is_explained(page, press):
    app = press(page())
    app.slider(key="w strength").set_value(0.5).run()
    assert any("settings have changed" in caption.value for caption in app.caption)
    app = page(other="unicorn", control="other-concept", experts="9999999")
    said = " ".join(warning.value for warning in app.warning)
    assert "unicorn" in said
    assert "units" in said
    app = press(page(experts="4000"))
    assert "random control" in app.error[0].value, "too many experts for as many others"


def test_texts_are_drawn_less_often_the_more_are_written_at_once():
    assert pace(ahead=0, active=1) == module.POLL
    assert pace(ahead=0, active=3) == pytest.approx(3 * module.POLL)
    assert pace(ahead=0, active=100) == module.LONGEST
    assert pace(ahead=2, active=8) == module.IN_LINE


def test_the_papers_dose_is_one_press_and_so_is_the_way_back(page):
    app = page()
    app.button(key="dose paper").click().run()
    assert not app.exception
    names = ("experts", "first_layer", "kinds", "strength", "temperature")
    asked = {name: app.query_params[name] for name in names}
    # One per cent of the fixture's 6,912 units, once its table is known from an earlier test of this file.
    assert asked.pop("experts") in ("500", "69")
    assert asked == {"first_layer": "0", "kinds": "all", "strength": "1", "temperature": "1"}
    assert any("A dose of your own." in caption.value for caption in app.caption)
    app.button(key="dose default").click().run()
    assert {"experts", "first_layer", "kinds", "strength"}.isdisjoint(app.query_params)


def test_a_message_to_the_model_has_presets_of_its_own_and_needs_a_template(page):
    app = page(chat="chat", prompt="What did you do today?")
    assert any(each.label == "Message" for each in app.text_input)
    app.button(key="steer").click().run()
    until(lambda: any("has no chat template" in error.value for error in app.run().error), 150)


def test_calibrating_is_a_job_whose_dose_the_page_then_shows(page, press):
    app = press(page(concept="dog"), "calibrate", ("Calibrated dose:",))
    assert "calibrate" not in [button.key for button in app.button]

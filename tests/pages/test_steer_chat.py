"""The conversation on the Steer page: turns, their past, what is kept and what is forgotten."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from expertlens_core.pipeline import Answer, SteerRequest
from pages.parts.steer.turns import Spoken, as_text, document
from pages.parts.steer.words import ConceptWords

from .conftest import keys, said, until

pytestmark = pytest.mark.usefixtures("place")


@pytest.fixture
def page(visit, chatty):
    def open_page(**link: str) -> AppTest:
        recipe = {"positives": "40", "negatives": "60", "tokens": "4", "chat": "turns", "model": str(chatty)}
        return visit("steer", **recipe | link)

    return open_page


def say(app: AppTest, message: str, turns: int) -> AppTest:
    """Send a message, and wait for both answers."""

    def answered() -> bool:
        assert not app.run().exception
        if "start find" in keys(app):  # a model that is new here: its estimate is shown first
            app.button(key="start find").click().run()
        return len(captions(app)) == 2 * turns and not app.chat_input[0].disabled

    app.chat_input[0].set_value(message).run()
    until(answered, 120)
    return app


def captions(app: AppTest) -> list[str]:
    return [caption.value for caption in app.caption if caption.value.startswith("Turn ")]


def bodies(app: AppTest) -> list[str]:
    return [block.proto.body for block in app.get("html") if "pre-wrap" in block.proto.body]


def test_turns_follow_each_other_survive_another_page_and_are_forgotten_at_a_press(page):
    app = page(draw="5")
    assert "Both models answer you" in said(app, "markdown")
    assert len(app.chat_input) == 1
    assert not app.slider(key="w tokens").disabled
    assert "w texts" not in [slider.key for slider in app.slider], "one answer each"
    say(app, "Who is <b>there</b>?", 1)
    say(app, "And then?", 2)
    first, second, third, fourth = captions(app)
    assert (first[:14], third[:14]) == ("Turn 1, seed 5", "Turn 2, seed 6")
    assert "The model as it is" in first
    assert "best experts of cat" in second
    assert "best experts of cat" in fourth
    assert "&lt;b&gt;" in bodies(app)[0]
    before = bodies(app)
    app.switch_page("experts.py").run()
    app.switch_page("steer.py").run()
    assert bodies(app) == before
    request = app.session_state["steer asked chat"].request
    assert (request.prompt, request.chat, request.control, request.samples) == ("And then?", True, None, 1)
    next(button for button in app.button if button.key == "steer over").click().run()
    assert bodies(app) == []
    assert not app.exception


def test_a_message_of_a_link_is_offered_and_sent_at_a_press(page):
    app = page(prompt="What *now*?")
    assert app.button(key="steer beginning 0").label == r"What \*now\*?"
    app.button(key="steer beginning 0").click().run()
    until(lambda: len(captions(app.run())) == 2, 240)
    assert "What *now*?" in bodies(app)[0]


def test_each_concept_has_a_conversation_of_its_own(page):
    app = say(page(), "Hello", 1)
    told = bodies(app)
    app.selectbox(key="w concept").set_value("dog").run()
    assert bodies(app) == []
    app.selectbox(key="w concept").set_value("cat").run()
    assert bodies(app) == told


def test_a_model_without_a_template_is_explained(visit):
    app = visit("steer", positives="40", negatives="60", tokens="4", chat="turns")
    app.chat_input[0].set_value("Hello").run()
    until(lambda: any("has no chat template" in error.value for error in app.run().error), 240)
    assert bodies(app) == []
    assert not app.chat_input[0].disabled


def test_files_hold_both_sides_and_the_seed_of_each_turn():
    sides = [Answer(kind, 0.5, 0, f" {kind} <i>", True) for kind in ("original", "steered")]
    turn = Spoken(SteerRequest(prompt="Hi", chat=True, seed=3), *sides, {"model": "m"}, ConceptWords("cat"))
    told = json.loads(document([turn, turn]))["turns"]
    assert [each["seed"] for each in told] == [3, 4]
    assert told[0]["steered"]["text"] == " steered <i>"
    assert SteerRequest.from_json(told[0]["request"]) == turn.request
    assert as_text([turn]) == "You: Hi\nOriginal: original <i>\nSteered: steered <i>"

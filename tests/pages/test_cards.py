"""The Cards page: kept texts replay without a model, and are written again where one is at hand."""

import json
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from expertlens_core.concepts import load_library
from expertlens_core.pipeline import SteerRequest, steer
from expertlens_core.pipeline.cards import files
from expertlens_core.pipeline.cards.making import card_of
from pages.parts.cards import replay
from pages.shared.services import services

from .conftest import EVIL, idle, said


@pytest.fixture(scope="module")
def written(small_story, tmp_path_factory):
    """A request of the small story, and its texts."""
    asked = replace(small_story.concepts[0].request, tokens=20, samples=2)
    run = services().run(complete=True, library=load_library(asked.find.library))
    *_, texts = steer(asked, run)
    return asked, texts, run


@pytest.fixture(scope="module")
def card(written):
    asked, texts, run = written
    return card_of(asked, texts, run, note="A note.")


@pytest.fixture(autouse=True)
def shelf(tmp_path, monkeypatch):
    """A folder of cards of its own, and a replay that is over at once."""
    monkeypatch.setenv("EXPERTLENS_LIBRARIES", str(tmp_path))
    monkeypatch.setattr(files, "PRESETS", tmp_path / "presets")
    monkeypatch.setattr(replay, "LOOK", None)
    return tmp_path


def test_without_any_card_it_says_where_they_come_from(visit):
    app = visit("cards")
    assert "No card is kept here yet" in said(app)


def test_own_cards_and_presets_are_listed_and_a_damaged_one_says_so(visit, card, shelf, seen):
    name = files.keep_card(card)
    (shelf / "presets").mkdir()
    (shelf / "presets" / "funny.json").write_bytes(files.card_bytes(replace(card, note="Made to laugh.")))
    (files.cards_directory() / "broken.json").write_text("{")
    app = visit("cards")
    assert [title.value for title in app.subheader] == ["Your cards", "Presets"]
    assert {button.key for button in app.main.button} == {f"open {name}", "open funny"}
    assert "Made to laugh." in said(app)
    assert "cut short or is no JSON" in said(app)
    app.button(key="open funny").click().run()
    app.button(key="skip").click().run()
    assert card.text_of("steered").text.strip() in seen(app)
    assert app.query_params["card"] in ("funny", ["funny"])


def test_a_link_opens_a_card_and_its_replay_can_be_skipped_and_repeated(visit, card, seen, monkeypatch):
    name = files.keep_card(card)
    monkeypatch.setattr("time.monotonic", lambda: 1000.0)
    app = visit("cards", card=name)
    first = "".join(card.text_of("steered").pieces[:1])
    assert card.text_of("steered").text not in seen(app)
    assert first in seen(app)
    app.button(key="skip").click().run()
    for text in card.texts:
        assert text.text in seen(app)
    assert "A note." in said(app).replace("\\", "")
    assert f"of {card.units:,} units" in said(app)
    app.button(key="replay").click().run()
    assert card.text_of("steered").text not in seen(app)
    assert "There is no card 'no-such'" in said(visit("cards", card="no-such"), "error")


def test_it_is_written_again_and_every_token_is_compared(visit, card):
    name = files.keep_card(card)
    app = visit("cards", card=name)
    app.button(key="card again").click().run()
    idle()
    app.run()
    assert app.success[0].value.startswith("Identical\\: all ")
    value = json.loads(files.card_bytes(card))
    for module in value["changes"][0]["modules"]:
        module["targets"] = 50.0
    other = files.keep_card(files.card_from_bytes(json.dumps(value).encode(), "x"))
    app = visit("cards", card=other)
    app.button(key="card again").click().run()
    idle()
    app.run()
    assert "Not identical\\: the steered text differs from its token" in said(app, "warning")


def test_without_the_weights_it_replays_and_says_why_nothing_is_written(visit, card, seen):
    request = replace(card.request, find=replace(card.request.find, model="nobody/nothing"))
    name = files.keep_card(replace(card, model="nobody/nothing", request=request))
    app = visit("cards", card=name)
    app.button(key="skip").click().run()
    assert card.text_of("control").text in seen(app)
    assert "are not on this computer" in said(app)
    assert "card again" not in {button.key for button in app.main.button}


def test_a_card_is_removed_and_brought_back(visit, card):
    name = files.keep_card(card)
    app = visit("cards", card=name)
    app.button(key="remove card").click().run()
    assert files.kept_cards() == []
    app.button(key="undo card").click().run()
    assert [kept.name for kept in files.kept_cards()] == [name]


def test_an_upload_is_checked_kept_and_opened(visit, card, seen):
    app = visit("cards")
    app.file_uploader[0].upload("x.json", b"{}", "application/json").run()
    assert "is no steering card" in said(app, "error").replace("\\", "")
    assert files.kept_cards() == []
    app.file_uploader[0].upload("y.json", files.card_bytes(card), "application/json").run()
    assert [kept.card.texts for kept in files.kept_cards()] == [card.texts]
    assert app.query_params["card"]


def test_markup_on_a_card_is_text(visit, card, markup):
    texts = tuple(replace(text, pieces=(EVIL, *text.pieces[1:])) for text in card.texts)
    request = replace(card.request, concept=EVIL, prompt=EVIL)
    spoilt = replace(
        card, concept=EVIL, request=request, texts=texts, related=(EVIL,), note="![x](http://x) <b>", library=EVIL,
        changes=tuple(replace(change, label=EVIL) for change in card.changes),
    )  # fmt: skip
    name = files.keep_card(spoilt)
    for link in ({}, {"card": name}):
        app = visit("cards", **link)
        if link:
            app.button(key="skip").click().run()
        assert "<img" not in markup(app)
        for text in (*said(app).split("  "), *(title.value for title in app.title)):
            assert "<img src" not in text.replace("\\<img", "")
            assert "![x](" not in text


def test_the_story_tells_a_card_and_leads_back(visit, card, seen):
    name = files.keep_card(card)
    app = visit("story", story_card=name)
    assert f"recorded {card.created[:10]}" in seen(app)
    assert "Switch them on" in seen(app)
    assert "With as many random neurons instead" not in seen(app)
    app.button(key="show controls").click().run()
    assert "With as many random neurons instead" in seen(app)
    app.button(key="tell story").click().run()
    assert "What do these sentences share?" in seen(app) or "no story" in seen(app)


def test_a_button_saves_what_was_written(written):
    def page() -> None:
        import streamlit

        from pages.parts.cards.save import card_button

        card_button(*streamlit.session_state["made"])

    asked, texts, _ = written
    app = AppTest.from_function(page, default_timeout=60)
    app.session_state["made"] = (asked, [replace(text, finished=False) for text in texts])
    assert not app.run().button
    app.session_state["made"] = (asked, texts)
    app.run().button(key="save card").click().run()
    (kept,) = files.kept_cards()
    assert kept.card.text_of("steered").text == texts[2].text
    assert {button.key for button in app.button} == {"save card", "open saved card"}
    assert isinstance(kept.card.request, SteerRequest)

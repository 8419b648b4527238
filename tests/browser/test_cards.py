"""A card in a real browser: kept by one server, replayed by the next without a model; and as a page of its own."""

import shutil
from dataclasses import replace

import pytest

from expertlens_core.artefacts import Artefacts
from expertlens_core.concepts import load_library
from expertlens_core.pipeline import steer
from expertlens_core.pipeline.cards.files import card_bytes
from expertlens_core.pipeline.cards.making import card_of
from expertlens_core.run import Run

from .conftest import PATIENCE, has_link


@pytest.fixture(scope="module")
def card(small_story, tmp_path_factory):
    asked = replace(small_story.concepts[0].request, tokens=40)
    store = Artefacts(tmp_path_factory.mktemp("card") / "cache", 10**9, lambda text: None)
    run = Run(store, library=load_library(asked.find.library))
    *_, texts = steer(asked, run)
    return card_of(asked, texts, run)


def test_a_card_replays_in_a_fresh_server_and_its_page_anywhere(fresh_server, visit, card, tmp_path):
    shelf = fresh_server.folder / "libraries" / "cards"
    shelf.mkdir(parents=True)
    (shelf / f"{card.name}.json").write_bytes(card_bytes(card))
    page = visit(fresh_server.url("cards"))
    page.locator(
        f"[class*='st-key-open-{card.concept}'] button"
    ).first.click()  # the user's own come before the presets
    has_link(page, f"card={card.name}")
    page.wait_for_function(
        "text => document.querySelector('[data-testid=stMain]').innerText.includes(text)",
        arg=" ".join(card.text_of("steered").text.split())[:40],
        timeout=PATIENCE,
    )
    page.get_by_role("button", name="Skip to the end").click()
    page.get_by_text("words of").first.wait_for()
    with page.expect_download() as asked:
        page.get_by_role("button", name="HTML").click()
    path = shutil.copy(asked.value.path(), tmp_path / "card.html")
    alone = visit(f"file://{path}")
    shown = "[...document.querySelectorAll('[data-t]:not(.off)')].length"
    every = alone.evaluate(shown)
    alone.get_by_role("button", name="Replay").click()
    assert alone.evaluate(shown) < every
    for _ in range(100):  # the page's policy forbids what `wait_for_function` does
        if alone.evaluate(shown) > 6:
            break
        alone.wait_for_timeout(100)
    assert alone.evaluate(shown) > 6
    alone.get_by_role("button", name="Skip to the end").click()
    assert alone.evaluate(shown) == every
    assert "steered" in alone.locator("#card").input_value()

"""An open card: its texts are replayed without a model; how they came about; its files; and writing them again."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from expertlens_core.pipeline.cards.card import Card
from expertlens_core.pipeline.cards.files import card_bytes, cards_directory, remove_card
from expertlens_core.pipeline.cards.html import asked, layer_bars, text_columns
from expertlens_core.pipeline.cards.page import page_of
from expertlens_core.pipeline.cards.script import script_of
from expertlens_core.pipeline.cards.told import KINDS, facts, headline, methods
from pages.parts.cards.again import draw_again
from pages.parts.cards.gallery import REMOVED
from pages.parts.cards.replay import draw_replay, forget, replay, skip
from pages.shared import view
from pages.shared.choices.cards import CARD, SPEED, SPEEDS
from pages.shared.choices.story import STEP, STORY_CARD
from pages.shared.frame import heading
from pages.shared.plain import plain
from pages.shared.show import download, table_download

LABELS = {"slow": "Slow", "reading": "As one reads", "fast": "Fast"}


def draw_card(name: str, card: Card) -> None:
    """All of a card."""
    heading(headline(card), "A steering card: the same text again, with or without the model.")
    if card.note:
        st.markdown(plain(card.note))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        view.button("All cards", close, icon="arrow_back", key="all cards")
        pace = SPEEDS[view.get(SPEED)]
        view.button("Replay", replay, name, pace, icon="replay", key="replay")
        view.button("Skip to the end", skip, name, pace, icon="skip_next", key="skip")
        view.segments("Speed", LABELS, SPEED)
    labels = {text.kind: KINDS[text.kind] for text in card.texts}

    def body(shown: Mapping[str, str], over: bool) -> str:
        told = asked(card.prompt, card.request.chat)
        return told + text_columns(card, shown, over, labels, card.related)

    draw_replay(name, card, body, SPEEDS[view.get(SPEED)])
    with st.expander("How the texts came about", icon=":material/science:", expanded=True):
        for said in methods(card):
            st.markdown(plain(said))
    st.markdown("**Where the moved units sit**")
    st.html(layer_bars(card.places))
    with st.expander("Facts", icon=":material/fact_check:"):
        table = pd.DataFrame({"what": facts(card).keys(), "told": facts(card).values()})
        st.dataframe(table, hide_index=True)
    _files(name, card)
    draw_again(name, card)


def _files(name: str, card: Card) -> None:
    title = f"{card.concept} steered, card {name.rpartition('.')[2]}"
    with st.container(horizontal=True):
        download(
            "JSON", lambda: card_bytes(card), title, "json", "card json", "secondary", "All of the card."
        )
        told = "One page that needs no network and no other file."
        download("HTML", lambda: page_of(card), title, "html", "card html", "secondary", told)
        told = "Writes the texts again with torch and transformers alone."
        download("Python script", lambda: script_of(card), title, "py", "card script", "secondary", told)
        table_download(lambda: _units(card), f"{title}, units", "Units (CSV)", "card units")
        if view.button("Show as a story", icon="play_circle", key="story of card"):
            forget()
            view.put(STORY_CARD, name)
            view.put(STEP, 3)
            st.switch_page("story.py")
        if (cards_directory() / f"{name}.json").is_file():
            told = "Undo brings it back."
            view.button("Remove", _remove, name, icon="delete", key="remove card", help=told)


def _units(card: Card) -> pd.DataFrame:
    """One row per moved unit of each text."""
    rows = []
    for change in card.changes:
        for module in change.modules:
            for number, index in enumerate(module.units):
                each = {
                    column: values[number] if isinstance(values, tuple) else values
                    for column in ("targets", "slopes", "strengths", "low", "high")
                    for values in (getattr(module, column),)
                }
                rows.append(
                    {"text": change.kind, "layer": module.layer, "unit": f"{module.path}:{index}"} | each
                )
    return pd.DataFrame(rows)


def close() -> None:
    forget()
    view.put(CARD, "")


def _remove(name: str) -> None:
    remove_card(name)
    st.session_state[REMOVED] = name
    close()

"""A card told as the story's last step: its texts, replayed for an audience."""

import streamlit as st

from expertlens_core.pipeline.cards.files import kept_card
from pages.parts.cards.replay import draw_replay, forget, replay
from pages.parts.story.chapter import Chapter
from pages.parts.story.live import Shown
from pages.parts.story.steps import note, texts_step, top
from pages.shared import view
from pages.shared.choices.cards import CARD
from pages.shared.choices.story import CONTROLS, STEP, STORY_CARD


def draw_card_story(name: str) -> None:
    """The card's texts, and the ways on. Raises InputError when there is no such card."""
    card = kept_card(name)
    chapter = Chapter(card.concept, (), None, recorded=card.created[:10], live=False)

    def body(texts: dict[str, str], over: bool) -> str:
        shown = Shown(texts, over, False)
        return (
            top(3, chapter, False)
            + texts_step(card, shown, card.related, view.get(CONTROLS))
            + note(card.note)
        )

    draw_replay(name, card, body)  # type: ignore[arg-type]
    with st.container(horizontal=True, vertical_alignment="center", key="story-way"):
        view.button("Again", replay, name, key="again", type="primary")
        shown = view.get(CONTROLS)
        label = "Hide the control" if shown else "Show the control"
        view.button(label, view.put, CONTROLS, not shown, key="show controls", type="tertiary")
        if view.button("Open the card", key="open card", type="tertiary"):
            view.put(CARD, name)
            _leave()
            st.switch_page("cards.py")
        view.button("Tell the story of the model", _leave, key="tell story", type="tertiary")


def _leave() -> None:
    forget()
    view.put(STORY_CARD, "")
    view.put(STEP, 1)

"""Cards: steered texts that are kept with all that it takes to write them again."""

import streamlit as st

from expertlens_core.errors import InputError
from expertlens_core.pipeline.cards.files import kept_card
from expertlens_core.pipeline.cards.html import PARTS
from pages.parts.cards.gallery import draw_gallery, draw_removed
from pages.parts.cards.opened import close, draw_card
from pages.shared import view
from pages.shared.choices.cards import CARD
from pages.shared.frame import heading
from pages.shared.plain import draw_problem, show_problem

st.html(f"<style>{PARTS}</style>")
name = view.get(CARD)
if name:
    try:
        card = kept_card(name)
    except InputError as problem:
        heading("Cards", "Which texts are kept, and do they come out the same again?")
        show_problem(str(problem))
        view.button("All cards", close, icon="arrow_back", key="all cards")
    else:
        draw_card(name, card)
else:
    heading("Cards", "Which texts are kept, and do they come out the same again?")
    draw_problem()
    draw_removed()
    draw_gallery()

"""Lens: your own text, seen through the experts of concepts."""

import streamlit as st

from expertlens_core.errors import InputError
from expertlens_core.pipeline.looking.lens import SeeRequest
from expertlens_core.pipeline.looking.lens_table import LensRequest
from pages.parts.lens.ranking import draw_ranking
from pages.parts.lens.text import looked_at, text_box
from pages.parts.lens.tokens import draw_tokens, token_table
from pages.shared import view
from pages.shared.choices.lens import MOST_SHOWN, SHOWN, UNITS
from pages.shared.frame import heading
from pages.shared.glossary import words
from pages.shared.loading import planned
from pages.shared.plain import plain, show_problem
from pages.shared.selection import TAU, selection
from pages.shared.show import table_download
from pages.shared.units import open_button
from pages.shared.waiting import find_rest, wait_for

chosen = selection()
heading("Lens", "What does my own text call up in the model?")
text = text_box()
shown = tuple(key for key in view.get(SHOWN) if key in chosen.library.keys) or (chosen.concept.key,)
st.multiselect(
    "Colour by", chosen.library.keys, max_selections=MOST_SHOWN, help=words("concept", "expert"),
    **view.bound(SHOWN, shown=list(shown)),
)  # fmt: skip
plan = planned(chosen.request(), chosen.library)
if plan.missing:
    find_rest(plan, "The lens looks through the experts of all concepts of the library.")
    st.stop()
lens = LensRequest(chosen.request(), view.get(TAU))
title = f"lens of {chosen.library.name}"
if wait_for("lens table", lens, title, about=chosen.library.digest) is None:
    st.stop()
if not text.strip():
    st.info("Write or paste a text above, or take an example: its words are coloured as you type.")
    st.stop()
try:
    seen = looked_at(SeeRequest(lens, text, tuple(shown), view.get(UNITS)), chosen.library)
except InputError as problem:
    show_problem(str(problem))
    st.stop()
draw_tokens(seen)
with st.container(horizontal=True):
    for number, unit in enumerate(view.get(UNITS)):
        open_button(unit, f"Open {plain(unit)} on Unit", key=f"lens unit {number}", type="tertiary")
if seen.cut:
    st.caption("The text is longer than the model takes: its end is left out.")
name = f"lens of {', '.join(shown)}"
table_download(lambda: token_table(seen), name, "Tokens as CSV", key="lens tokens")
draw_ranking(seen, shown)

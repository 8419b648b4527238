"""Lens: your own text, seen through the experts of concepts."""

import math
from typing import Any

import pandas as pd
import streamlit as st

from expertlens_core.errors import InputError
from expertlens_core.figures import Figure
from expertlens_core.figures.lens_chart import lens_chart
from expertlens_core.pipeline.looking.lens import Seen, SeeRequest, see
from expertlens_core.pipeline.looking.lens_table import LensRequest
from pages.parts.lens.tokens import draw_tokens, token_table
from pages.shared import view
from pages.shared.choices.lens import MOST_SHOWN, SHOWN, TEXT, UNITS
from pages.shared.frame import heading
from pages.shared.glossary import words
from pages.shared.loading import planned
from pages.shared.plain import plain, show_problem
from pages.shared.selection import CONCEPT, TAU, selection
from pages.shared.services import services
from pages.shared.show import show, table_download
from pages.shared.typing import send_when_typed
from pages.shared.units import open_button
from pages.shared.waiting import find_rest, wait_for

EXAMPLES = (
    "The old cat slept on the warm chair while the dog barked at the bus.",
    "She tuned her guitar backstage and walked out to the applause.",
    "The surgeon checked the scan twice before the operation on the lung.",
)
TYPED = "lens typed"  # the text as it is, which may be longer than a link holds
PAUSE = 250  # milliseconds without a key before it is sent


def take(text: str | None) -> None:
    st.session_state[TYPED] = text or ""
    view.put(TEXT, (text or "")[:2_000])


def text_box() -> str:
    """The text, from the box, an example, or the link."""
    text = st.session_state.setdefault(TYPED, view.get(TEXT))
    shown = view.show("lens text", text, take)
    st.text_area(
        "Your text", height=120, placeholder="Write or paste a text", max_chars=20_000,
        help="Its colours follow as you type.", **shown,
    )  # fmt: skip
    with st.container(horizontal=True):
        for number, example in enumerate(EXAMPLES):
            view.button(f"Example {number + 1}", take, example, key=f"lens example {number}", type="tertiary")
    send_when_typed(PAUSE)
    return text


def looked_at(asked: SeeRequest, memo: str) -> Seen:
    """The text through the lens: computed here, in a moment; kept for as long as the text is on the page."""
    kept: tuple[Any, Seen] | None = st.session_state.get(memo)
    if kept is None or kept[0] != asked:
        shared = services()
        with shared.turns.held():
            kept = asked, see(asked, shared.run(library=chosen.library, complete=True))
        st.session_state[memo] = kept
    return kept[1]


chosen = selection()
heading("Lens", "What does my own text call up in the model?")
text = text_box()
shown = view.get(SHOWN) or (chosen.concept.key,)
st.multiselect(
    "Colour by", chosen.library.keys, max_selections=MOST_SHOWN, help=words("concept", "expert"),
    **view.bound(SHOWN, shown=[key for key in shown if key in chosen.library.keys]),
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
    seen = looked_at(SeeRequest(lens, text, tuple(shown), view.get(UNITS)), "lens seen")
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
st.subheader(
    "What it calls up", help="The whole text's score for each concept, against sentences without it."
)
ranking = pd.DataFrame(
    {
        "concept": seen.concepts,
        "deviations": seen.above,
        "share of other sentences below": seen.share_others,
        "share of its own sentences below": seen.share_own,
    }
)
best = list(seen.concepts[:3])
alt = f"Concepts that the text calls up most: {', '.join(best)}."
show(
    Figure(lens_chart(ranking, tuple(shown)), ranking, "Concepts that the text calls up", alt, "lens ranking")
)
strongest = float(seen.above[0])
if math.isfinite(strongest) and strongest < 2:
    st.caption(
        f"No concept stands out: even {plain(seen.concepts[0])} lies only {strongest:.1f} deviations above other "
        "sentences."
    )
for key in best:
    view.button(f"Steer towards {plain(key)}", view.put, CONCEPT, key, key=f"lens to {key}", type="tertiary")

"""Checkpoints: when did the experts arise?"""

import streamlit as st

from expertlens_core.errors import InputError
from pages.parts.checkpoints.accuracy import draw_accuracy
from pages.parts.checkpoints.choice import draw_choice, usual
from pages.parts.checkpoints.domains import draw_domains
from pages.parts.checkpoints.results import asked_for, draw_left_out, look, offer_rest
from pages.parts.checkpoints.sections import draw_agreement, draw_headline, draw_kept, draw_layers, draw_sizes
from pages.shared import view
from pages.shared.choices.checkpoints import SECTION, SECTIONS, SERIES
from pages.shared.frame import heading
from pages.shared.plain import show_problem
from pages.shared.selection import OUTSIDE, TAU, selection
from pages.shared.show import methods

chosen = selection()
heading("Checkpoints", "When did the experts arise?")
draw_choice(chosen)
asked = asked_for(chosen, view.get(SERIES) or usual(chosen))
try:
    made = look(asked, chosen)
except InputError as problem:
    show_problem(str(problem))
    st.stop()
offer_rest(asked, chosen, made)
draw_left_out(made)
if not made.results:
    st.info(
        "Nothing is computed yet. Choose checkpoints above: steps of a model on the hub, folders of your own, or a "
        "model beside its random start (`random:0`), then press the button.",
        icon=":material/timeline:",
    )
    st.stop()
draw_headline(made)
view.segments("Show", SECTIONS, SECTION)
match view.get(SECTION):
    case "sizes":
        draw_sizes(made)
    case "kept":
        draw_kept(made)
    case "agreement":
        draw_agreement(made, asked)
    case "domains":
        draw_domains(made)
    case "layers":
        draw_layers(made)
    case "accuracy":
        draw_accuracy(made)
methods(made.results[-1].about, view.get(TAU), view.get(OUTSIDE))

"""Human alignment: does the model agree with people about which concepts are alike?"""

import streamlit as st

from pages.parts.alignment.agreement import draw_agreement, draw_headline, draw_places
from pages.parts.alignment.choice import draw_choice, draw_concepts
from pages.parts.alignment.coverage import draw_coverage
from pages.parts.alignment.models import draw_models, draw_priming
from pages.parts.alignment.pairs import draw_pairs
from pages.parts.alignment.results import TAUS, Asked, judged
from pages.shared import view
from pages.shared.choices.alignment import SECTION, SECTIONS
from pages.shared.frame import heading
from pages.shared.glossary import words
from pages.shared.loading import planned
from pages.shared.selection import OUTSIDE, TAU, selection
from pages.shared.show import methods
from pages.shared.view import bound
from pages.shared.warned import draw_warnings

chosen = selection()
heading("Human alignment", "Does the model agree with people about which concepts are alike?")
view.put(TAU, round(view.get(TAU), 2))
choice = draw_choice()
if choice is None:
    st.stop()
chosen = draw_concepts(chosen, choice[0])
what = judged(*choice, chosen.library)
plan = planned(chosen.request(), chosen.library)
asked = Asked(what, plan, view.get(TAU), view.get(OUTSIDE))
section = view.get(SECTION)
if not draw_coverage(chosen, what, plan, shipped=asked.shipped(section)):
    st.stop()
left, right = st.columns(2, gap="small", vertical_alignment="bottom")
with left:
    view.segments("Show", SECTIONS, SECTION)
with right, st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
    taus = sorted({*TAUS, view.get(TAU)})
    st.segmented_control(
        "tau", taus, required=True, format_func="{:g}".format, help=words("tau"), **bound(TAU)
    )
    st.toggle("Without token-only", help=words("token-only") + " This leaves them out.", **bound(OUTSIDE))
match section:
    case "models":
        draw_models(chosen, asked)
    case "priming":
        draw_priming(chosen, asked)
    case "places" if (found := asked.places()) is not None:
        draw_places(asked, found)
        methods(found.about, asked.tau, asked.outside)
    case "agreement" | "pairs" if (found := asked.agreement()) is not None:
        draw_warnings(chosen, found.about.get("warnings", {}), most=1)
        if section == "pairs":
            draw_pairs(chosen, asked, found)
        else:
            draw_headline(asked, found)
            draw_agreement(asked, found)
        methods(found.about, asked.tau, asked.outside)

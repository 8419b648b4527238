"""Experts: which units tell a concept apart, in which layers, and is that more than chance?"""

import streamlit as st

from pages.shared import view
from pages.shared.choices.experts import SCOPE, SECTION, SECTIONS
from pages.shared.frame import heading
from pages.shared.loading import planned, read_found
from pages.shared.selection import COMPARE, MOST_COMPARED, TAU, selection
from pages.shared.view import bound
from pages.shared.waiting import wait_for_find

chosen = selection()
section = view.get(SECTION)
names = [concept.key for concept in chosen.shown]
every = f"All concepts of {chosen.library.name}"
titles = {"library": every, "layers": every, "enough": "Enough sentences?"}
questions = {
    "layers": "Where do the experts of a concept sit in the mean, and are those that concepts share better ones?",
    "enough": "Would other sentences give the same experts, and how many make them settle?",
}
usual = "Which neurons of the model respond to a concept, and where do they sit?"
heading(titles.get(section, ", ".join(names)), questions.get(section, usual))
if view.get(TAU) != round(view.get(TAU), 2):
    st.warning(f"Experts are counted at tau in steps of 0.01: the link's {view.get(TAU):g} was rounded.")
    view.put(TAU, round(view.get(TAU), 2))
with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
    view.segments("Show", SECTIONS, SECTION, label_visibility="collapsed")
    if section != "library" and (section != "enough" or view.get(SCOPE) == "chosen"):
        st.multiselect(
            "Compare with",
            [key for key in chosen.library.keys if key != names[0]],
            max_selections=MOST_COMPARED - 1,
            placeholder="Compare with other concepts",
            label_visibility="collapsed",
            width=380,
            **bound(COMPARE, shown=names[1:]),
        )
if section == "library":
    from pages.parts.experts.library import draw_library

    draw_library(chosen)
elif section == "layers":
    from pages.parts.experts.layers import draw_layers

    draw_layers(chosen)
elif section == "enough":
    from pages.parts.experts.enough import draw_enough

    draw_enough(chosen)
else:
    # The results are asked for before the charts are loaded, which takes a second: so the first find begins earlier.
    plan = planned(chosen.request(*names), chosen.library)
    if plan.missing:
        wait_for_find(plan)
        st.stop()
    found = {result.concept.key: result for result in read_found(plan)}
    from pages.parts.experts.found import draw_found

    draw_found(chosen, [found[name] for name in names], section)

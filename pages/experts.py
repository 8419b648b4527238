"""Experts: which units tell a concept apart, in which layers, and is that more than chance?"""

import streamlit as st

from expertlens_core.errors import InputError
from pages.parts.experts.controls import Controls, draw_control_jobs, draw_controls, read_controls
from pages.parts.experts.counts import Shown, shown, unequal
from pages.parts.experts.distribution import draw_distribution
from pages.parts.experts.headline import draw_headline
from pages.parts.experts.library import draw_library
from pages.parts.experts.over_tau import draw_over_tau
from pages.parts.experts.settings import draw_settings
from pages.parts.experts.units import draw_units
from pages.shared import view
from pages.shared.choices.experts import RAW, SECTION, SECTIONS
from pages.shared.frame import explain, heading
from pages.shared.plain import plain
from pages.shared.selection import COMPARE, MOST_COMPARED, TAU, selection
from pages.shared.view import bound
from pages.shared.waiting import need


@st.fragment
def moving(section: str, these: Shown, controls: Controls | None) -> None:
    """Everything that moves with tau and the switches beside it."""
    try:
        tau, outside = draw_settings(tau=section != "tau", parts=section != "units", share=section != "units")
        if section == "tau":
            draw_over_tau(these, outside)
        elif section == "units":
            draw_units(these, tau, outside)
        else:
            draw_headline(these, tau, outside)
            draw_distribution(these, tau, outside)
            if controls is not None:
                draw_controls(these, controls, tau, outside)
    except InputError as problem:
        explain(str(problem))


chosen = selection()
section = view.get(SECTION)
whole = section == "library"
names = [concept.key for concept in chosen.shown]
heading(
    f"All concepts of {chosen.library.name}" if whole else ", ".join(names),
    "Which neurons of the model respond to a concept, and where do they sit?",
)
if view.get(TAU) != round(view.get(TAU), 2):
    st.warning(f"Experts are counted at tau in steps of 0.01: the link's {view.get(TAU):g} was rounded.")
    view.put(TAU, round(view.get(TAU), 2))
with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="bottom"):
    st.segmented_control(
        "Show",
        list(SECTIONS),
        required=True,
        format_func=SECTIONS.__getitem__,
        label_visibility="collapsed",
        **bound(SECTION),
    )
    if not whole:
        choice = bound(COMPARE)
        st.session_state[COMPARE.widget] = names[1:]
        st.multiselect(
            "Compare with",
            [key for key in chosen.library.keys if key != names[0]],
            max_selections=MOST_COMPARED - 1,
            placeholder="Compare with other concepts",
            label_visibility="collapsed",
            width=380,
            **choice,
        )
if whole:
    draw_library(chosen)
    st.stop()
found = need(chosen, *names)
order = {result.concept.key: result for result in found}
found = [order[name] for name in names]
for result in found:
    for warning in result.expertise.warnings:
        st.warning(plain(f"{result.concept.key}: {warning}"), icon=":material/warning:")
if unequal(found):
    st.toggle(
        "AP as it is",
        help="These concepts have unequal shares of positive sentences, so their AP cannot be compared as it is. It "
        "is read at prevalence 2/7 (400 with, 1,000 without) unless this is on.",
        **bound(RAW),
    )
these = shown(found, view.get(RAW))
if these.at_reference:
    st.caption(
        "AP is read at prevalence 2/7, because the concepts have unequal shares of positive sentences."
    )
controls = read_controls(these) if section == "glance" else None
moving(section, these, controls)
if controls is not None:
    draw_control_jobs(chosen, these, controls)
if section == "glance":
    with st.expander("What the model read"):
        st.dataframe({"sentences with the concept": chosen.concept.positives[:200]}, hide_index=False)

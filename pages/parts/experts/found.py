"""What the Experts page shows of concepts whose results are there."""

from __future__ import annotations

import streamlit as st

from expertlens_core.errors import InputError
from expertlens_core.pipeline import Found
from pages.parts.experts.controls import Controls, draw_control_jobs, draw_controls, read_controls
from pages.parts.experts.counts import Shown, shown, unequal
from pages.parts.experts.distribution import draw_distribution
from pages.parts.experts.headline import draw_headline
from pages.parts.experts.origin import draw_origin
from pages.parts.experts.over_tau import draw_over_tau
from pages.parts.experts.settings import draw_settings
from pages.parts.experts.units import draw_units
from pages.shared import view
from pages.shared.choices.experts import RAW
from pages.shared.frame import explain
from pages.shared.selection import Selection
from pages.shared.view import bound
from pages.shared.warned import draw_warnings


def draw_found(chosen: Selection, found: list[Found], section: str) -> None:
    """One part of the page.

    Args:
        chosen: what the visitor looks at.
        found: results, the chosen concept's first.
        section: key of `SECTIONS`.
    """
    draw_warnings(chosen, {result.concept.key: result.expertise.warnings for result in found})
    if unequal(found):
        st.toggle(
            "AP as it is",
            help="These concepts have unequal shares of positive sentences, so their AP cannot be compared as it "
            "is. It is read at prevalence 2/7 (400 with, 1,000 without) unless this is on.",
            **bound(RAW),
        )
    these = shown(found, view.get(RAW))
    if these.at_reference:
        st.caption(
            "AP is read at prevalence 2/7, because the concepts have unequal shares of positive sentences."
        )
    controls = read_controls(these) if section == "glance" else None
    _moving(section, these, controls)
    if controls is not None:
        draw_control_jobs(chosen, these, controls)
    if section == "glance":
        draw_origin(chosen, found[0])
        with st.expander("What the model read"):
            st.dataframe({"sentences with the concept": chosen.concept.positives[:200]}, hide_index=False)


@st.fragment
def _moving(section: str, these: Shown, controls: Controls | None) -> None:
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

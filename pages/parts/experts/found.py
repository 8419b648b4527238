"""What the Experts page shows of concepts whose results are there."""

import streamlit as st

from expertlens_core.errors import InputError
from expertlens_core.pipeline import Found
from pages.parts.experts.charts import draw_distribution, draw_over_tau
from pages.parts.experts.controls import Controls, draw_control_jobs, draw_controls, read_controls
from pages.parts.experts.headline import draw_headline
from pages.parts.experts.shown import Shown, draw_settings, shown, unequal
from pages.parts.experts.units import draw_units
from pages.shared import view
from pages.shared.choices.experts import RAW
from pages.shared.following import follow
from pages.shared.frame import explain
from pages.shared.loading import planned
from pages.shared.plain import plain
from pages.shared.selection import Selection
from pages.shared.services import services
from pages.shared.view import bound
from pages.shared.waiting import find_job, start_find
from pages.shared.warned import draw_warnings

HERE = "find here"
"""The job that computes a shipped result on this computer."""


def draw_found(chosen: Selection, found: list[Found], section: str) -> None:
    """One section of the page (a key of `SECTIONS`) for some results, the chosen concept's first."""
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
    if section != "glance":
        _moving(section, these, {})
        return
    controls = read_controls(chosen, these)
    _moving(section, these, controls)
    draw_control_jobs(chosen, these, controls)
    _origin(chosen, found[0])
    with st.expander("What the model read"):
        st.dataframe({"sentences with the concept": chosen.concept.positives[:200]}, hide_index=False)


@st.fragment
def _moving(section: str, these: Shown, controls: Controls) -> None:
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
            draw_controls(these, controls, tau, outside)
    except InputError as problem:
        explain(str(problem))


def _origin(chosen: Selection, found: Found) -> None:
    """The day of a shipped result, and the way to have this computer's own; nothing for a result computed here."""
    day = found.about.get("shipped")
    if not day:
        return
    plan = planned(chosen.request(found.concept.key), chosen.library)
    job = services().jobs.get(find_job(plan, HERE))
    if job is not None and job.state != "done":
        follow(job.id)
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(plain(f"{found.concept.key}: shipped, computed on {day}"), width="content")
        st.button(
            "Compute it here",
            key=HERE,
            type="tertiary",
            icon=":material/refresh:",
            help="The model reads the sentences on this computer; its own result then takes the place of the "
            "shipped one.",
            on_click=start_find,
            args=(plan, HERE),
        )

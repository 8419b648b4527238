"""The four controls as switches: is it more than prevalence, luck, architecture and the name?"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from expertlens_core import figures
from expertlens_core.defaults import DEFAULT_MODEL
from expertlens_core.experts import distribution, expert_set, name_test, simulate_null
from expertlens_core.figures import Figure
from expertlens_core.models.label import model_label
from expertlens_core.pipeline import ControlRequest
from expertlens_core.pipeline.finding.controls import Control
from pages.parts.experts.shown import Shown
from pages.shared import view
from pages.shared.choices.experts import LUCK, NAME, PART, PER_UNIT, PREVALENCE, RANDOM
from pages.shared.fields import Field
from pages.shared.following import follow
from pages.shared.glossary import words
from pages.shared.plain import plain
from pages.shared.selection import Selection
from pages.shared.services import services
from pages.shared.show import show
from pages.shared.view import bound
from pages.shared.waiting import known, stage_job, start_stage

COSTS: dict[Control, str] = {
    "name test": "The model reads the sentences of the concept once more, with its name replaced.",
    "random weights": "The model is loaded a second time, its weights are drawn at random, and it reads the "
    "sentences of the concept. The model that is in memory now leaves it.",
}
SWITCHES: dict[Control, Field] = {"random weights": RANDOM, "name test": NAME}
Controls = Mapping[Control, np.ndarray | None]
"""Control that is switched on and needs a run → `[units]` AP under it; None where it is still to be computed."""


def read_controls(chosen: Selection, shown: Shown) -> Controls:
    """The controls that are switched on, as far as they are computed."""
    digest = shown.first.digest
    return {each: known("control", _ask(chosen, shown, each), about=digest) for each in _switched_on()}


def draw_controls(shown: Shown, controls: Controls) -> None:
    st.subheader("Is it more than chance?" + (f" {plain(shown.names[0])}" if shown.compared else ""))
    with st.container(horizontal=True, gap="medium"):
        line = " A line in the histogram above"
        st.toggle("Prevalence", help=words("prevalence") + f"{line}.", **bound(PREVALENCE))
        st.toggle("Luck", help=words("expected by luck") + f"{line}, and a bar.", **bound(LUCK))
        st.toggle("Random weights", help=words("random weights"), **bound(RANDOM))
        st.toggle("Name test", help=words("name test"), **bound(NAME))
    if _switched_on() != tuple(controls):
        st.rerun()  # the page has to look what is there, or start the job
    rows, table = _rows(shown, controls)
    name, lines = shown.names[0], shown.caption()
    if len(rows) > 1:
        figure = Figure(
            figures.control_chart(rows),
            pd.DataFrame([vars(row) for row in rows]),
            f"Experts of {name} and the controls",
            "; ".join(row.label for row in rows),
            f"controls, {name}, tau {shown.tau:.2f}",
            lines,
        )
        notes = (f"**{plain(row.name)}.** {plain(row.meaning)}" for row in rows[1:])
        show(figure, *notes, key="controls", caption=False)
    if table["concept"].nunique() > 1:
        st.markdown("**The controls by layer**, on the same scale")
        figure = Figure(
            figures.concept_panels(table, per_unit=view.get(PER_UNIT), by=view.get(PART)),
            table,
            f"Experts of {name} by layer, and the controls",
            f"Experts of {name} by layer beside its controls.",
            f"controls by layer, {name}, tau {shown.tau:.2f}",
            lines,
        )
        show(figure, key="controls by layer", caption=False)


def draw_control_jobs(chosen: Selection, shown: Shown, controls: Controls) -> None:
    """For controls that are switched on and not computed: the job that does it, or the offer to start it."""
    digest = shown.first.digest
    for control in (each for each, ap in controls.items() if ap is None):
        asked = _ask(chosen, shown, control)
        title = f"{control} of {shown.first.concept.key} in {model_label(chosen.model)}"
        job = services().jobs.get(stage_job("control", asked, digest))
        if job is None and chosen.model == DEFAULT_MODEL:
            start_stage("control", asked, title, about=digest)
            job = services().jobs.get(stage_job("control", asked, digest))
        if job is not None and job.state != "done":
            st.markdown(f"**{control.capitalize()}**")
            follow(job.id)
            continue
        with st.container(border=True):
            st.markdown(f"**Not computed yet: {control}.** {COSTS[control]}")
            start = partial(start_stage, "control", asked, title, about=digest)
            view.button("Run it", start, icon="play_arrow", key=f"start {control}", type="primary")


def _switched_on() -> tuple[Control, ...]:
    return tuple(control for control, field in SWITCHES.items() if view.get(field))


def _ask(chosen: Selection, shown: Shown, control: Control) -> ControlRequest:
    return ControlRequest(chosen.request(shown.first.concept.key), control)


def _rows(shown: Shown, controls: Controls) -> tuple[tuple[figures.ControlRow, ...], pd.DataFrame]:
    """Rows of the chart, and the places of the experts with and without each control."""
    expertise, name, tau, outside = shown.first.expertise, shown.names[0], shown.tau, shown.outside
    sets = {"experts found": expert_set(expertise, tau, without_token_only=outside).unit_ids}
    if (ap := controls.get("random weights")) is not None:
        sets["random weights"] = expert_set(
            replace(expertise, ap=ap), tau, without_token_only=outside
        ).unit_ids
    if (ap := controls.get("name test")) is not None:
        test = name_test(expertise, replace(expertise, ap=ap), tau, without_token_only=outside)
        sets["surviving the name test"] = test.unit_ids[test.survives]
    sizes = {each: len(ids) for each, ids in sets.items()}
    null = simulate_null(expertise.positives, expertise.negatives)
    every = figures.control_rows(
        sizes["experts found"],
        null.expected_units(tau, shown.units),
        random_weights=sizes.get("random weights"),
        survivors=sizes.get("surviving the name test"),
    )
    drawn = {*sets, *(["expected by luck"] if view.get(LUCK) else [])}
    places = [
        figures.distribution_table(
            distribution(expertise.units, ids, view.get(PART), without_token_only=outside)
        ).assign(concept=f"{name}: {each}" if each == "experts found" else each, tau=tau)
        for each, ids in sets.items()
    ]
    return tuple(row for row in every if row.name in drawn), pd.concat(places, ignore_index=True)

"""The four controls as switches: is it more than prevalence, luck, architecture and the name?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from expertlens_core import figures
from expertlens_core.defaults import DEFAULT_MODEL
from expertlens_core.experts import distribution, expert_set, name_test, simulate_null
from expertlens_core.models.label import model_label
from expertlens_core.pipeline.finding.controls import Control, control_ap
from pages.parts.experts.counts import Shown
from pages.shared import view
from pages.shared.choices.experts import LUCK, NAME, PART, PER_UNIT, PREVALENCE, RANDOM
from pages.shared.glossary import words
from pages.shared.jobs import job_id
from pages.shared.plain import plain
from pages.shared.selection import Selection
from pages.shared.services import services
from pages.shared.show import draw_chart, figure_downloads
from pages.shared.view import bound
from pages.shared.waiting import follow

COSTS: dict[Control, str] = {
    "name test": "The model reads the sentences of the concept once more, with its name replaced.",
    "random weights": "The model is loaded a second time, its weights are drawn at random, and it reads the "
    "sentences of the concept. The model that is in memory now leaves it.",
}
SWITCHES: dict[Control, view.Field] = {"random weights": RANDOM, "name test": NAME}


@dataclass(frozen=True, eq=False)
class Controls:
    """Controls that need a run of the model, as they stand for the chosen concept."""

    asked: tuple[Control, ...]
    """Those that are switched on."""
    ap: Mapping[Control, np.ndarray | None]
    """`[units]` AP under each; None where it is still to be computed."""


def asked() -> tuple[Control, ...]:
    """Controls that are switched on and need a run."""
    return tuple(control for control, field in SWITCHES.items() if view.get(field))


def read_controls(shown: Shown) -> Controls:
    """What the cache holds of the controls that are switched on."""
    wanted = asked()
    return Controls(wanted, {each: control_ap(each, shown.first, services().artefacts) for each in wanted})


def draw_controls(shown: Shown, controls: Controls, tau: float, outside: bool) -> None:
    """The switches, and what each control comes to at this tau."""
    st.subheader("Is it more than chance?" + (f" {plain(shown.names[0])}" if shown.compared else ""))
    with st.container(horizontal=True, gap="medium"):
        st.toggle(
            "Prevalence", help=words("prevalence") + " A line in the histogram above.", **bound(PREVALENCE)
        )
        st.toggle(
            "Luck",
            help=words("expected by luck") + " A line in the histogram above, and a bar.",
            **bound(LUCK),
        )
        st.toggle("Random weights", help=words("random weights"), **bound(RANDOM))
        st.toggle("Name test", help=words("name test"), **bound(NAME))
    if asked() != controls.asked:
        st.rerun()  # the page has to look what is there, or start the job
    rows, table = _rows(shown, controls, tau, outside)
    if len(rows) > 1:
        chart = figures.control_chart(rows)
        draw_chart(chart, alt="; ".join(row.label for row in rows))
        for row in rows[1:]:
            st.caption(f"**{plain(row.name)}.** {plain(row.meaning)}")
        figure_downloads(
            chart,
            f"controls, {shown.names[0]}, tau {tau:.2f}",
            pd.DataFrame([vars(row) for row in rows]),
            title=f"Experts of {shown.names[0]} and the controls",
            lines=shown.caption(tau, outside),
            key="controls",
        )
    if table["concept"].nunique() > 1:
        st.markdown("**The controls by layer**, on the same scale")
        panels = figures.concept_panels(table, per_unit=view.get(PER_UNIT), by=view.get(PART))
        draw_chart(panels, alt=f"Experts of {shown.names[0]} by layer beside its controls.")
        figure_downloads(
            panels,
            f"controls by layer, {shown.names[0]}, tau {tau:.2f}",
            table,
            title=f"Experts of {shown.names[0]} by layer, and the controls",
            lines=shown.caption(tau, outside),
            key="controls by layer",
        )


def _rows(
    shown: Shown, controls: Controls, tau: float, outside: bool
) -> tuple[tuple[figures.ControlRow, ...], pd.DataFrame]:
    """Rows of the chart, and the places of the experts with and without each control."""
    expertise, name = shown.first.expertise, shown.names[0]
    sets = {"experts found": expert_set(expertise, tau, without_token_only=outside).unit_ids}
    random_ap, renamed_ap = controls.ap.get("random weights"), controls.ap.get("name test")
    if random_ap is not None:
        untrained = replace(expertise, ap=random_ap)
        sets["random weights"] = expert_set(untrained, tau, without_token_only=outside).unit_ids
    if renamed_ap is not None:
        test = name_test(expertise, replace(expertise, ap=renamed_ap), tau, without_token_only=outside)
        sets["surviving the name test"] = test.unit_ids[test.survives]
    null = simulate_null(expertise.positives, expertise.negatives)
    every = figures.control_rows(
        len(sets["experts found"]),
        null.expected_units(tau, shown.units(outside)),
        random_weights=len(sets["random weights"]) if random_ap is not None else None,
        survivors=len(sets["surviving the name test"]) if renamed_ap is not None else None,
    )
    drawn = {*sets, *(["expected by luck"] if view.get(LUCK) else [])}
    places = [
        figures.distribution_table(
            distribution(expertise.units, ids, view.get(PART), without_token_only=outside)
        ).assign(concept=f"{name}: {each}" if each == "experts found" else each, tau=tau)
        for each, ids in sets.items()
    ]
    return tuple(row for row in every if row.name in drawn), pd.concat(places, ignore_index=True)


def draw_control_jobs(chosen: Selection, shown: Shown, controls: Controls) -> None:
    """For controls that are switched on and not computed: the job that does it, or the offer to start it."""
    for control in controls.asked:
        if controls.ap[control] is not None:
            continue
        request = chosen.request(shown.first.concept.key).to_json()
        name = job_id(control, {**request, "result": shown.first.digest})
        title = f"{control} of {shown.first.concept.key} in {model_label(chosen.model)}"
        start = partial(_start, control, request, title, name)
        job = services().jobs.get(name)
        if job is None and chosen.model == DEFAULT_MODEL:
            start()
            job = services().jobs.get(name)
        if job is not None and job.state != "done":
            st.markdown(f"**{control.capitalize()}**")
            follow(name)
            continue
        with st.container(border=True):
            st.markdown(f"**Not computed yet: {control}.** {COSTS[control]}")
            st.button(
                "Run it", key=f"start {control}", type="primary", icon=":material/play_arrow:", on_click=start
            )


def _start(control: Control, request: Mapping[str, Any], title: str, name: str) -> None:
    services().jobs.submit(control, request, title, True, name)

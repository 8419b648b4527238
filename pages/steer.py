"""Steer: what happens when a concept's experts are switched on?"""

import contextlib
import secrets

import streamlit as st

from expertlens_core.errors import InputError
from pages.parts.steer import run
from pages.parts.steer.dose import draw_dose
from pages.parts.steer.settings import request, settings, take_typed
from pages.parts.steer.texts import draw_texts, text_downloads
from pages.shared import view
from pages.shared.choices.steer import DRAW
from pages.shared.frame import heading
from pages.shared.loading import planned, read_found
from pages.shared.plain import plain
from pages.shared.selection import selection
from pages.shared.services import services
from pages.shared.waiting import find_job, wait_for_find
from pages.shared.warned import draw_warnings

CONTROLS = {
    "random": "with as many random units set instead",
    "other-concept": "with another concept's experts set",
}


def press() -> None:
    def write() -> None:
        take_typed()
        with contextlib.suppress(InputError):  # the page meets it again, and explains it
            chosen = selection()
            run.ask(chosen, request(chosen))

    view.finish(write)


def press_new() -> None:
    seed = secrets.randbelow(1_000_000)
    view.finish(lambda: view.put(DRAW, seed))
    press()


chosen = selection()
heading(f"Steer: {chosen.concept.key}", "What happens when I switch these neurons on?")
plan = planned(chosen.request(chosen.concept.key), chosen.library)
asks = settings(chosen, plan)
draw_dose(chosen, plan)
if not plan.missing:
    draw_warnings(chosen, {found.concept.key: found.expertise.warnings for found in read_found(plan)})
if run.wanted() not in (None, asks):
    run.stop()
waiting = run.wanted() is not None
shot = services().streams.look(run.visitor())
made: run.Asked | None = st.session_state.get(run.ASKED)
if waiting:
    st.caption("First the experts are found, then the writing begins.")
    needed = planned(chosen.request(*run.needed(chosen.library, asks)), chosen.library)
    if needed.missing:
        wait_for_find(needed)
        job = services().jobs.get(find_job(needed))
        if job is None or not job.active:  # a job that runs has its own way to be stopped
            view.button("Cancel", run.stop, icon="close", key="steer cancel")
        st.stop()
    run.begin(chosen, asks)
    st.rerun()
with st.container(horizontal=True):
    if shot is not None and shot.active:
        view.button("Stop", run.stop, icon="stop", key="steer stop", type="primary")
    else:
        label = f"Steer towards {plain(chosen.concept.key)}"
        view.button(label, press, icon="play_arrow", key="steer", type="primary")
    if made is not None:
        told = "Draw other random numbers and write again."
        view.button("New seed", press_new, icon="casino", key="steer new seed", help=told)
if made is None or shot is None:
    third = f", and **{CONTROLS[asks.control]}**" if asks.control else ""
    with st.container(border=True):
        st.markdown(
            f"The model continues the prompt side by side: **as it is**, **with its experts for "
            f"{plain(chosen.concept.key)} set** to their mean response to sentences about it{third}. All draw with the "
            "same random numbers, so what differs is the units' doing. Words that belong to the concept are coloured "
            "and counted."
        )
    st.stop()
if made.request != asks and not shot.active:
    st.caption(
        ":material/info: The settings have changed since these texts: press the button to see what they do."
    )
draw_texts(made)
if shot.rows and not shot.active:
    text_downloads(shot, made)
    st.page_link(
        "experts.py",
        label=f"See these experts of {plain(made.request.concept)} and where they sit",
        icon=":material/bar_chart:",
    )

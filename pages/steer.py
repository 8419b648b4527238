"""Steer: what happens when a concept's experts are switched on?"""

import streamlit as st

from expertlens_core.pipeline import Plan, SteerRequest, known_calibration, needed_concepts
from expertlens_core.steering.rules import RULES
from pages.parts.cards.save import card_button
from pages.parts.steer import run
from pages.parts.steer.asked import fault_of_list
from pages.parts.steer.chat import draw_chat
from pages.parts.steer.dose import draw_dose
from pages.parts.steer.effects import choose_colours, draw_movement, read_effects
from pages.parts.steer.labels import DONE
from pages.parts.steer.press import press, press_new
from pages.parts.steer.prompt import draw_mode, draw_prompt
from pages.parts.steer.settings import settings
from pages.parts.steer.texts import draw_texts, text_downloads
from pages.shared import view
from pages.shared.choices.steer import CHAT, RULE
from pages.shared.frame import heading
from pages.shared.loading import planned, read_found
from pages.shared.plain import plain
from pages.shared.selection import Selection, selection
from pages.shared.services import services
from pages.shared.waiting import find_job, wait_for_find
from pages.shared.warned import draw_warnings

CONTROLS = {
    "random": "with as many random units instead",
    "other-concept": "with another concept's experts instead",
}


def wait_for_experts(chosen: Selection, what: str) -> None:
    """Where something is wanted, find its experts first, then begin."""
    wanted = run.wanted(what)
    if wanted is None:
        return
    st.caption("First the experts are found, then the writing begins.")
    needed = planned(chosen.request(*needed_concepts(wanted, chosen.library)), chosen.library)
    if needed.missing:
        wait_for_find(needed)
        job = services().jobs.get(find_job(needed))
        if job is None or not job.active:  # a job that runs has its own way to be stopped
            view.button("Cancel", run.stop, what, icon="close", key="steer cancel")
        st.stop()
    run.begin(chosen, what)
    st.rerun()


def buttons(chosen: Selection, plan: Plan, writing: bool, again: bool) -> None:
    """Steer or Stop, and other random numbers."""
    with st.container(horizontal=True):
        if writing:
            view.button("Stop", run.stop, icon="stop", key="steer stop", type="primary")
        else:
            way = "away from" if RULES[view.get(RULE)].suppresses else "towards"
            label, fault = f"Steer {way} {plain(chosen.concept.key)}", bool(fault_of_list(plan))
            view.button(label, press, icon="play_arrow", key="steer", type="primary", disabled=fault)
        if again:
            told = "Draw other random numbers and write again."
            view.button("New seed", press_new, icon="casino", key="steer new seed", help=told)


def introduce(chosen: Selection, asks: SteerRequest) -> None:
    """What a press will do."""
    third = f", and **{CONTROLS[asks.control]}**" if asks.control else ""
    concept = plain(chosen.concept.key)
    if asks.rule == "set" and not asks.also:
        how = f"**with its experts for {concept} set** to their mean response to sentences about it"
    else:
        several = " and ".join(plain(each) for each in (concept, *(added.concept for added in asks.also)))
        how = f"**with its units for {several} {DONE[asks.rule] if not asks.also else 'moved'}**"
    with st.container(border=True):
        st.markdown(
            f"The model continues the prompt side by side: **as it is**, {how}{third}. All draw with the "
            "same random numbers, so what differs is the units' doing. Words that belong to the concept are coloured "
            "and counted."
        )


chosen = selection()
heading(f"Steer: {chosen.concept.key}", "What happens when I switch these neurons on?")
plan = planned(chosen.request(chosen.concept.key), chosen.library)
draw_mode()
what = run.CHAT if view.get(CHAT) == "turns" else run.TEXTS
if what == run.TEXTS:
    draw_prompt(chosen)
calibrated = known_calibration(plan, chosen.concept.key, services().run()) is not None
asks = settings(chosen, plan, calibrated)
draw_dose(chosen, plan)
if not plan.missing:
    draw_warnings(chosen, {found.concept.key: found.expertise.warnings for found in read_found(plan)})
if what == run.TEXTS and run.wanted() not in (None, asks):
    run.stop()
wait_for_experts(chosen, what)
if what == run.CHAT:
    draw_chat(chosen)
    st.stop()
shot, made = services().streams.look(run.visitor()), run.made()
buttons(chosen, plan, shot is not None and shot.active, made is not None)
if made is None or shot is None:
    introduce(chosen, asks)
    st.stop()
if made.request != asks and not shot.active:
    st.caption(
        ":material/info: The settings have changed since these texts: press the button to see what they do."
    )
finished = bool(shot.rows) and not shot.active and shot.number == made.number
effects = read_effects(made, shot) if finished and choose_colours() else {}
draw_texts(made, effects)
if finished:
    draw_movement(made, effects)
    text_downloads(shot, made)
    card_button(made.request, shot.rows, library=chosen.library)
    st.page_link(
        "experts.py",
        label=f"See these experts of {plain(made.request.concept)} and where they sit",
        icon=":material/bar_chart:",
    )

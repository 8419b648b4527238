"""Results that must be computed first: started, followed, stopped and continued in one way on all pages."""

from __future__ import annotations

import math
from typing import Any

import streamlit as st

from expertlens_core.defaults import DEFAULT_MODEL
from expertlens_core.models.label import model_label
from expertlens_core.pipeline import Found, Plan, estimate_find
from pages.shared.jobs import Job, job_id
from pages.shared.loading import planned, read_found
from pages.shared.plain import bytes_text, plain, show_problem
from pages.shared.selection import Selection
from pages.shared.services import services

AT_ONCE = 8
"""Concepts that are found without asking first, in a model that has been loaded here before."""
STEPS = {"calibrate": "steps"}
"""Kind of job → what it counts, where that is not sentences."""
QUICK = 8
"""Concepts at most of a job that stands in the line of short ones."""


def need(chosen: Selection, *keys: str) -> list[Found]:
    """The results for some concepts (none: the whole library); the page ends here until they are there.

    Raises:
        InputError: for a model, library or recipe that cannot be.
    """
    plan = planned(chosen.request(*keys), chosen.library)
    if not plan.missing:
        return read_found(plan)
    wait_for_find(plan)
    return st.stop()


def wait_for_find(plan: Plan) -> None:
    """Start or follow the job that finds a plan's missing concepts."""
    name = find_job(plan)
    job = services().jobs.get(name)
    known = plan.record is not None or plan.request.model == DEFAULT_MODEL
    if job is None and known and len(plan.missing) <= AT_ONCE:
        start_find(plan)
        job = services().jobs.get(name)
    if job is None or job.state == "done":
        offer_find(plan)
    else:
        follow(name)


def find_job(plan: Plan) -> str:
    """Id of the job: the same for everyone who asks for the same results."""
    return job_id("find", _request(plan) | {"library digest": plan.library.digest})


def start_find(plan: Plan) -> None:
    """Put the job in line, or share the one that runs."""
    count = len(plan.missing)
    what = plan.missing[0] if count == 1 else f"{count} concepts of {plan.library.name}"
    services().jobs.submit(
        "find", _request(plan), f"{what} in {model_label(plan.request.model)}", count <= QUICK, find_job(plan)
    )


def offer_find(plan: Plan) -> None:
    """Say what is missing, and start it at a press."""
    count = len(plan.missing)
    what = plain(plan.missing[0]) if count == 1 else f"{count} concepts"
    with st.container(border=True):
        st.markdown(f"**Not computed yet:** {what} in `{plain(model_label(plan.request.model))}`.")
        _estimate(plan)
        st.button(
            "Find the experts",
            type="primary",
            icon=":material/play_arrow:",
            key="start find",
            on_click=start_find,
            args=(plan,),
        )


def _estimate(plan: Plan) -> None:
    """What it will take, from a short measurement where the model is in memory."""
    shared = services()
    resident = next(
        (
            model
            for model in shared.models.resident().values()
            if model.name == plan.request.model
            and plan.record is not None
            and model.digest == plan.record.digest
        ),
        None,
    )
    with st.spinner("Measuring how long it will take"), shared.turns.held():
        estimate = estimate_find(plan, model=resident, artefacts=shared.artefacts)
    time = "an unknown time" if math.isnan(estimate.seconds) else f"about {duration(estimate.seconds)}"
    st.markdown(
        f"{time.capitalize()} · {bytes_text(estimate.disk_bytes)} on disk · {bytes_text(estimate.memory_bytes)} of "
        f"memory · {estimate.sentences:,} sentences"
    )
    st.caption(plain(estimate.how) + " The results stay in the cache.")


def follow(name: str) -> None:
    """Progress of a job, with a way to stop it; the page is drawn again when it ends."""
    job = services().jobs.get(name)
    if job is not None and job.active:
        st.fragment(_progress, run_every=0.5)(name)
    else:
        _ended(name)


def _progress(name: str) -> None:
    jobs = services().jobs
    job = jobs.get(name)
    if job is None or not job.active:
        st.rerun()
        return
    with st.container(border=True):
        st.progress(job.share, text=plain(progress_text(job)))
        st.button(
            "Stop",
            key=f"stop {name}",
            icon=":material/stop:",
            on_click=jobs.stop,
            args=(name,),
            help="What is finished stays and is not computed again.",
        )


def _ended(name: str) -> None:
    jobs = services().jobs
    job = jobs.get(name)
    if job is None:
        return
    if job.state == "failed":
        show_problem(job.error)
        label = "Try again"
    elif job.state == "interrupted":
        st.info("This was under way when the app was last closed. What was finished is kept.")
        label = "Continue"
    else:
        st.info("Stopped. What was finished is kept.", icon=":material/pause:")
        label = "Continue"
    st.button(
        label,
        key=f"again {name}",
        type="primary",
        icon=":material/play_arrow:",
        on_click=jobs.resume,
        args=(name,),
    )


def progress_text(job: Job) -> str:
    """One line: what is going on, how far, how long still."""
    if job.state == "waiting":
        ahead = services().jobs.ahead(job.id)
        return "Waiting for its turn" + (f": {ahead} before it." if ahead else ".")
    text = job.message or "Starting"
    if job.total:
        text += f" · {job.done:,} of {job.total:,} {STEPS.get(job.kind, 'sentences')}"
    left = job.seconds_left()
    return text if left is None else f"{text} · about {duration(left)} left"


def duration(seconds: float) -> str:
    """Seconds in words: ``8 s``, ``3 min``, ``2.5 h``."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    if seconds < 5400:
        return f"{round(seconds / 60)} min"
    return f"{seconds / 3600:.1f} h"


def _request(plan: Plan) -> dict[str, Any]:
    names = [concept.key for concept in plan.concepts]
    return dict(plan.request.to_json()) | {"names": names}

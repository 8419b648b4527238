"""Results that must be computed first: asked for and started in one way on all pages."""

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import streamlit as st

from expertlens_core.defaults import DEFAULT_MODEL
from expertlens_core.models.label import model_label
from expertlens_core.pipeline import FindRequest, Plan, estimate_find
from expertlens_core.request import Request
from expertlens_core.run import NotKeptError
from expertlens_core.stages import answer
from pages.shared import view
from pages.shared.following import duration, follow, followed
from pages.shared.job import job_id
from pages.shared.plain import bytes_text, plain
from pages.shared.services import services

AT_ONCE = 8
"""Concepts that are found without asking first, in a model that has been loaded here before."""
Ask = Request | list[Any]
"""A request, or several."""
QUICK = 8
"""Concepts at most of a job that stands in the line of short ones."""


def wait_for(
    name: str, asked: Ask, title: str, *, about: object = "", quick: bool = True, at_once: bool = False
) -> Any:
    """The result of a stage: from memory or the cache, else from a job, which is started and drawn; None meanwhile.

    Args:
        name: of the stage.
        asked: its request, or several.
        title: of the job, as people see it.
        about: what the result depends on beside the request, such as the digest of a library's results; JSON-able.
        quick: whether the job stands in the line of short ones.
        at_once: compute it here and now instead, for what is a matter of a moment.

    Raises:
        InputError: for a request that cannot be answered.
    """
    made = known(name, asked, about=about, compute=at_once)
    if made is None:
        job = stage_job(name, asked, about)
        state = services().jobs.get(job)
        if state is None or state.state == "done":
            start_stage(name, asked, title, about=about, quick=quick)
        follow(job)
    return made


def known(name: str, asked: Ask, *, about: object = "", compute: bool = False) -> Any:
    """The result of a stage where it is in memory or in the cache; else it is computed (`compute`), or None."""
    shared, job = services(), stage_job(name, asked, about)
    made = shared.jobs.result(job)
    state = shared.jobs.get(job)
    if made is None and not (state is not None and state.active):
        try:
            made = answer(name, asked, shared.run(compute=compute))
        except NotKeptError:
            return None
        shared.jobs.keep(job, made)
    return made


def start_stage(name: str, asked: Ask, title: str, *, about: object = "", quick: bool = True) -> None:
    """Put the job of a stage in line, or share the one that runs."""
    services().jobs.submit(name, _request_of(asked), title, quick, stage_job(name, asked, about))


def stage_job(name: str, asked: Ask, about: object = "") -> str:
    """Id of the job: the same for everyone who asks for the same."""
    return job_id(name, {"asked": _request_of(asked), "about": about})


def _request_of(asked: Ask) -> dict[str, Any]:
    return {"several": [each.to_json() for each in asked]} if isinstance(asked, list) else asked.to_json()


def wait_for_find(plan: Plan) -> None:
    """Start or follow the job that finds a plan's missing concepts."""
    name = find_job(plan)
    job = services().jobs.get(name)
    known = plan.record is not None or plan.request.model == DEFAULT_MODEL
    if job is None and known and len(plan.missing) <= AT_ONCE:
        start_find(plan)
    if not followed(name):
        offer_find(plan)


def find_job(plan: Plan, kind: str = "find") -> str:
    """Id of the job: the same for everyone who asks for the same results."""
    return stage_job(kind, _find_request(plan), plan.library.digest)


def start_find(plan: Plan, kind: str = "find") -> None:
    """Put the job in line, or share the one that runs; the kind ``"find here"`` computes what was shipped as well."""
    count = len(plan.missing) or len(plan.concepts)
    first = plan.missing[0] if plan.missing else plan.concepts[0].key
    what = first if count == 1 else f"{count} concepts of {plan.library.name}"
    title = f"{what} in {model_label(plan.request.model)}" + ", computed here" * (kind != "find")
    request = _find_request(plan).to_json()
    services().jobs.submit(kind, request, title, count <= QUICK, find_job(plan, kind))


def offer(name: str, told: str, label: str, start: Callable[..., Any], *args: Any, **look: Any) -> None:
    """Follow a job; where there is none, say in Markdown what it would do (`told`), with a button that starts it."""
    if followed(name):
        return
    with st.container(border=bool(told), horizontal=True, vertical_alignment="center"):
        if told:
            st.markdown(told)
        view.button(label, start, *args, icon="play_arrow", type="primary", **look)


def find_rest(plan: Plan, told: str, label: str = "", **look: Any) -> None:
    """What a plan lacks: the job that finds it, or the way to start it; nothing where nothing is missing.

    `told` is Markdown; a `label` is that of a button that starts at once, without it the page tells what it will take.
    """
    if not plan.missing:
        return
    name = find_job(plan)
    job = services().jobs.get(name)
    if label and (job is None or job.state == "done"):
        offer(name, told, label, start_find, plan, **look)
        return
    if told:
        st.markdown(told)
    if not followed(name):
        offer_find(plan)


def offer_find(plan: Plan) -> None:
    """Say what is missing, what it will take (measured where the model is in memory), and start it at a press."""
    count = len(plan.missing)
    what = plain(plan.missing[0]) if count == 1 else f"{count} concepts"
    with st.container(border=True):
        st.markdown(f"**Not computed yet:** {what} in `{plain(model_label(plan.request.model))}`.")
        shared, record = services(), plan.record
        digest = None if record is None else record.digest
        resident = (each for each in shared.models.resident().values() if each.name == plan.request.model)
        model = next((each for each in resident if each.digest == digest), None)
        with st.spinner("Measuring how long it will take"), shared.turns.held():
            estimate = estimate_find(plan, shared.run(model=model))
        time = "an unknown time" if math.isnan(estimate.seconds) else f"about {duration(estimate.seconds)}"
        st.markdown(
            f"{time.capitalize()} · {bytes_text(estimate.disk_bytes)} on disk · "
            f"{bytes_text(estimate.memory_bytes)} of memory · {estimate.sentences:,} sentences"
        )
        st.caption(plain(estimate.how) + " The results stay in the cache.")
        label = "Find the experts"
        view.button(label, start_find, plan, icon="play_arrow", key="start find", type="primary")


def _find_request(plan: Plan) -> FindRequest:
    return replace(plan.request, names=tuple(concept.key for concept in plan.concepts))

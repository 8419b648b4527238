"""What is being computed, and the models in memory."""

import streamlit as st

from pages.shared import view
from pages.shared.following import duration, progress_text
from pages.shared.job import Job
from pages.shared.plain import bytes_text, plain
from pages.shared.services import services

STATES = {
    "waiting": (":material/schedule:", "waits"),
    "running": (":material/play_circle:", "runs"),
    "done": (":material/check_circle:", "done"),
    "stopped": (":material/pause_circle:", "stopped"),
    "failed": (":material/error:", "failed"),
    "interrupted": (":material/history:", "interrupted when the app was closed"),
}


def draw_jobs() -> None:
    """Jobs with their progress, and what can be done with each."""
    st.subheader("Jobs")
    jobs = services().jobs.all()
    if not jobs:
        st.info(
            "Nothing has been computed since the app was started. Choose a concept on the Experts page: what "
            "takes longer than a moment shows up here."
        )
        return
    st.fragment(_list, run_every=1 if any(job.active for job in jobs) else None)()


def _list() -> None:
    jobs = services().jobs.all()
    for job in jobs:
        _row(job)
    was_active = st.session_state.get("jobs were active", False)
    st.session_state["jobs were active"] = any(job.active for job in jobs)
    if was_active and not st.session_state["jobs were active"]:
        st.rerun()


def _row(job: Job) -> None:
    jobs = services().jobs
    icon, state = STATES[job.state]
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        with st.container():
            took = f" after {duration(job.ended - job.asked)}" if job.ended else ""
            st.markdown(f"{icon} **{plain(job.title)}** · :gray[{state}{took}]")
            if job.active:
                st.progress(job.share, text=plain(progress_text(job)))
            elif job.error:
                st.caption(plain(job.error))
        actions = [("Stop", "stop", jobs.stop, "What is finished stays in the cache.")]
        if not job.active:
            actions = [("Remove", "close", jobs.forget, "Takes it off this list; results stay in the cache.")]
            if job.state != "done":
                told = "What is finished is not computed again."
                actions.insert(0, ("Continue", "play_arrow", jobs.resume, told))
        for label, icon, act, told in actions:
            view.button(label, act, job.id, icon=icon, key=f"{label} {job.id}", help=told)


def draw_models() -> None:
    """Each resident model with its size, and a way to unload it."""
    st.subheader("Models in memory")
    store = services().models
    resident = store.resident()
    if not resident:
        st.info(
            "No model is in memory. One is loaded when something has to be computed, and stays for the next."
        )
        return
    from expertlens_core.models.residency import memory_of

    for device, model in resident.items():
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            revision = f" at {plain(model.revision[:12])}" if model.revision else ""
            st.markdown(
                f":material/memory: **{plain(model.name)}**{revision} · {bytes_text(memory_of(model))} on "
                f"{model.device} · {str(model.dtype).removeprefix('torch.')} · {model.units.count:,} units"
            )
            told = "Frees the memory once nobody uses the model any more; it is loaded again when needed."
            view.button("Unload", store.unload, device, icon="eject", key=f"unload {device}", help=told)

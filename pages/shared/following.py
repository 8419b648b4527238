"""A job that runs or has ended: its progress, with ways to stop it and to go on."""

import streamlit as st

from expertlens_core.stages import STAGES
from pages.shared import view
from pages.shared.job import Job
from pages.shared.plain import bytes_text, plain, show_problem
from pages.shared.services import services


def followed(name: str) -> bool:
    """Follow a job that is not done; whether there is one."""
    job = services().jobs.get(name)
    if job is None or job.state == "done":
        return False
    follow(name)
    return True


def follow(name: str) -> None:
    """Progress of a job, with a way to stop it; the page is drawn again when it ends."""
    jobs = services().jobs
    job = jobs.get(name)
    if job is None:
        return
    if job.active:
        st.fragment(_progress, run_every=0.5)(name)
        return
    if job.state == "failed":
        show_problem(job.error)
    else:
        kept = " What was finished is kept." * _resumes(job)
        if job.state == "interrupted":
            st.info("This was under way when the app was last closed." + kept)
        else:
            st.info("Stopped." + kept, icon=":material/pause:")
    label = "Try again" if job.state == "failed" else "Continue" if _resumes(job) else "Start again"
    view.button(label, jobs.resume, name, icon="play_arrow", key=f"again {name}", type="primary")


def _progress(name: str) -> None:
    jobs = services().jobs
    job = jobs.get(name)
    if job is None or not job.active:
        st.rerun()
        return
    with st.container(border=True):
        st.progress(job.share, text=plain(progress_text(job)))
        told = (
            "What is finished stays and is not computed again." if _resumes(job) else "Nothing is kept of it."
        )
        view.button("Stop", jobs.stop, name, icon="stop", key=f"stop {name}", help=told)


def _resumes(job: Job) -> bool:
    return job.kind not in STAGES or STAGES[job.kind].resumes


def progress_text(job: Job) -> str:
    """One line: what is going on, how far, how long still."""
    if job.state == "waiting":
        ahead = services().jobs.ahead(job.id)
        return "Waiting for its turn" + (f": {ahead} before it." if ahead else ".")
    text = job.message or "Starting"
    if job.total:
        counts = STAGES[job.kind].counts if job.kind in STAGES else "sentences"
        if counts == "bytes":
            text += f" · {bytes_text(job.done)} of {bytes_text(job.total)}"
        else:
            text += f" · {job.done:,} of {job.total:,} {counts}"
    left = job.seconds_left()
    return text if left is None else f"{text} · about {duration(left)} left"


def duration(seconds: float) -> str:
    """Seconds in words: ``8 s``, ``3 min``, ``2.5 h``."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    if seconds < 5400:
        return f"{round(seconds / 60)} min"
    return f"{seconds / 3600:.1f} h"

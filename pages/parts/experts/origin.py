"""Where a result comes from when it was shipped, and how to have this computer's own."""

from __future__ import annotations

import streamlit as st

from expertlens_core.models.label import model_label
from expertlens_core.pipeline import Found
from pages.shared.jobs import job_id
from pages.shared.plain import plain
from pages.shared.selection import Selection
from pages.shared.services import services
from pages.shared.waiting import follow

KIND = "find here"


def draw_origin(chosen: Selection, found: Found) -> None:
    """One line with a button; the running job in its place; nothing for a result computed here."""
    day = found.about.get("shipped")
    if not day:
        return
    job = services().jobs.get(_job(chosen, found))
    if job is not None and job.state != "done":
        follow(job.id)
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(plain(f"{found.concept.key}: shipped, computed on {day}"), width="content")
        st.button(
            "Compute it here",
            key="find here",
            type="tertiary",
            icon=":material/refresh:",
            help="The model reads the sentences on this computer; its own result then takes the place of the "
            "shipped one.",
            on_click=_start,
            args=(chosen, found),
        )


def _start(chosen: Selection, found: Found) -> None:
    title = f"{found.concept.key} in {model_label(chosen.model)}, computed here"
    request = chosen.request(found.concept.key).to_json()
    services().jobs.submit(KIND, request, title, True, _job(chosen, found))


def _job(chosen: Selection, found: Found) -> str:
    return job_id(KIND, {**chosen.request(found.concept.key).to_json(), "result": found.digest})

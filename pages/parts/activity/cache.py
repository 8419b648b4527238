"""The cache: what takes room in it, and what may go."""

import datetime
from typing import Any

import pandas as pd
import streamlit as st

from expertlens_core.artefacts import Entry
from pages.shared.plain import bytes_text, plain
from pages.shared.services import services
from pages.shared.show import table_download

KEEPING = {
    "derived": "first to go",
    "responses": "second to go",
    "result": "last to go",
    "damaged": "damaged",
}


def draw_cache() -> None:
    """Place, size and limit, and a table whose rows can be pinned and deleted."""
    st.subheader("Cache")
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
    _actions([entries[row] for row in event["selection"]["rows"] if row < len(entries)])
    table_download(table, "cache")


def _actions(rows: list[Entry]) -> None:
    pin = services().artefacts.pin
    digests = [entry.digest for entry in rows]
    look: Any = {"disabled": not rows}
    if not rows:
        look["help"] = "Select rows at the left edge of the table first."
    with st.container(horizontal=True):
        st.button("Pin", icon=":material/keep:", on_click=pin, args=(digests,), **look)
        st.button("Let go", icon=":material/keep_off:", on_click=pin, args=(digests, False), **look)
        if st.button("Delete", icon=":material/delete:", **look):
            _confirm(digests, sum(entry.bytes for entry in rows))


@st.dialog("Delete from the cache?")
def _confirm(digests: list[str], size: int) -> None:
    st.write(f"{len(digests)} artefacts, {bytes_text(size)}. They are computed again when they are needed.")
    if st.button("Delete", type="primary", key="delete for good"):
        services().artefacts.remove(digests)
        st.rerun()

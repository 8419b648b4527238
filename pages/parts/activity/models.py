"""The models in memory."""

from __future__ import annotations

import streamlit as st

from pages.shared.plain import bytes_text, plain
from pages.shared.services import services


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
            st.button(
                "Unload",
                key=f"unload {device}",
                icon=":material/eject:",
                on_click=store.unload,
                args=(device,),
                help="Frees the memory once nobody uses the model any more; it is loaded again when needed.",
            )

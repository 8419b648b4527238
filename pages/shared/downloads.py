"""A download for every table and picture. Pictures are drawn only when asked for."""

from __future__ import annotations

import io
import re
from functools import partial
from typing import Literal

import altair as alt
import pandas as pd
import streamlit as st

Picture = Literal["svg", "png"]


def table_download(table: pd.DataFrame, name: str, label: str = "CSV") -> None:
    """A button that saves a table as CSV."""
    st.download_button(
        label,
        lambda: table.to_csv(index=False),
        file_name(name, "csv"),
        "text/csv",
        key=f"csv {name}",
        icon=":material/download:",
        on_click="ignore",
    )


def figure_downloads(chart: alt.Chart | alt.LayerChart, name: str, table: pd.DataFrame | None = None) -> None:
    """Buttons that save a chart as SVG and PNG, and its numbers as CSV."""
    with st.container(horizontal=True):
        kinds: list[tuple[Picture, str]] = [("svg", "image/svg+xml"), ("png", "image/png")]
        for kind, mime in kinds:
            st.download_button(
                kind.upper(),
                partial(picture, chart, kind),
                file_name(name, kind),
                mime,
                key=f"{kind} {name}",
                icon=":material/download:",
                on_click="ignore",
                type="tertiary",
            )
        if table is not None:
            st.download_button(
                "CSV",
                lambda: table.to_csv(index=False),
                file_name(name, "csv"),
                "text/csv",
                key=f"figure csv {name}",
                icon=":material/download:",
                on_click="ignore",
                type="tertiary",
            )


def picture(chart: alt.Chart | alt.LayerChart, kind: Picture) -> bytes:
    """A chart as the bytes of an SVG or PNG file, drawn without a browser or a network."""
    target = io.BytesIO() if kind == "png" else io.StringIO()
    chart.properties(width=640).save(target, format=kind, scale_factor=2)
    content = target.getvalue()
    return content if isinstance(content, bytes) else content.encode()


def file_name(name: str, suffix: str) -> str:
    """A file name that every system takes."""
    return re.sub(r"[^\w.-]+", "-", name).strip("-") + f".{suffix}"

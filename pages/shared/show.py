"""Figures on a page, each with its downloads; and the download of any table."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import altair as alt
import pandas as pd
import streamlit as st
from altair.utils import schemapi

from expertlens_core.figures import Figure, bibtex, methods_paragraph
from pages.shared.plain import plain

# Altair compares every part with the whole of Vega-Lite's schema, as it is made and as it is drawn: a third of the time
# that a chart takes. What `figures` make is compared in their tests.
schemapi.disable_debug_mode()

MIME = {
    "svg": "image/svg+xml",
    "png": "image/png",
    "csv": "text/csv",
    "txt": "text/plain",
    "json": "application/json",
    "html": "text/html",
    "py": "text/x-python",
    "graphml": "application/graphml+xml",
    "gexf": "application/gexf+xml",
}


def show(
    figure: Figure,
    *notes: str,
    key: str = "",
    caption: bool = True,
    drawn: alt.TopLevelMixin | None = None,
    **look: Any,
) -> Any:
    """Draw a figure with its alt text; below it the notes, the row of downloads, and the caption lines.

    Args:
        figure: what to show.
        notes: Markdown, each a line of small print between the chart and its downloads.
        key: of the downloads, and of the chart where it is clicked; empty takes the figure's name.
        caption: whether the figure's lines stand on the page; they are in the files in any case.
        drawn: the chart on the page, where it is not the one of the files (such as one that can be clicked).
        look: ``height``, ``width``, ``on_select`` and ``selection_mode`` of `st.altair_chart`.

    Returns:
        What `st.altair_chart` returns.
    """
    key = key or figure.name
    if "on_select" in look:
        look["key"] = key
    chart: Any = _Unchecked(figure.chart if drawn is None else drawn)
    event = st.altair_chart(chart, alt=figure.alt or figure.title or None, **look)
    for note in notes:
        st.caption(note)
    with st.container(horizontal=True, gap="small"):
        download("SVG", figure.svg, figure.name, "svg", f"svg {key}")
        download("PNG", figure.png, figure.name, "png", f"png {key}")
        download("CSV", figure.csv, figure.name, "csv", f"figure csv {key}")
    if caption and figure.lines:
        st.caption(plain(" | ".join(figure.lines)))
    return event


def download(
    label: str,
    content: Callable[[], bytes | str],
    name: str,
    ending: str,
    key: str,
    kind: Literal["secondary", "tertiary"] = "tertiary",
    told: str | None = None,
) -> None:
    """A button that saves what `content` makes when asked, as a file of that name (any text) and ending."""
    st.download_button(
        label,
        content,
        file_name(name, ending),
        MIME[ending.rpartition(".")[2]],
        key=key,
        icon=":material/download:",
        on_click="ignore",
        type=kind,
        help=told,
    )


def table_download(
    table: pd.DataFrame | Callable[[], pd.DataFrame], name: str, label: str = "CSV", key: str = ""
) -> None:
    """A button that saves a table (or what makes one, when asked) as CSV; `key` where the name moves with a slider."""

    def content() -> bytes:
        made = table if isinstance(table, pd.DataFrame) else table()
        return made.to_csv(index=False).encode()

    download(label, content, name, "csv", f"csv {key or name}", "secondary")


def file_name(name: str, suffix: str) -> str:
    return re.sub(r"[^\w.-]+", "-", name).strip("-.")[:120] + f".{suffix}"


def number_columns(formats: Mapping[str, str]) -> dict[str, Any]:
    """Columns of a table by the format of their numbers, such as ``{"p": "%.4f"}``."""
    return {name: st.column_config.NumberColumn(format=form) for name, form in formats.items()}


def choose_row(
    table: pd.DataFrame, key: str, values: Sequence[Any], choose: Callable[[Any], Any], **look: Any
) -> None:
    """A table whose rows can be pressed: `choose` is called with the value of the row; `look` as for `st.dataframe`."""

    def take() -> None:
        rows = st.session_state[key]["selection"]["rows"]
        if rows and rows[0] < len(values):
            choose(values[rows[0]])

    st.dataframe(table, hide_index=True, key=key, on_select=take, selection_mode="single-row", **look)


def methods(about: Mapping[str, Any], tau: float, outside: bool) -> None:
    """A paragraph and references for a paper, written from a result's own metadata."""
    with st.expander("Methods paragraph and references", icon=":material/format_quote:"):
        told = methods_paragraph(about, tau=tau, without_token_only=outside)
        st.code(told, language=None, wrap_lines=True)
        st.code(bibtex(about), language="bibtex")


class _Unchecked:
    def __init__(self, chart: alt.TopLevelMixin) -> None:
        self._chart = chart

    def to_dict(self) -> dict[str, Any]:
        return self._chart.to_dict(validate=False)

"""A download for every table and picture. Pictures are drawn only when asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial

import altair as alt
import pandas as pd
import streamlit as st

from expertlens_core import figures
from expertlens_core.figures import printable

MIME = {"svg": "image/svg+xml", "png": "image/png", "csv": "text/csv"}


def table_download(
    table: pd.DataFrame | Callable[[], pd.DataFrame], name: str, label: str = "CSV", key: str = ""
) -> None:
    """A button that saves a table as CSV.

    Args:
        table: the table, or what makes it: then it is made only when asked for.
        name: of the file, without its ending; any text.
        label: on the button.
        key: of the button, where the name moves with a slider; the button then stays where it is.
    """
    _button(label, partial(_csv, table), name, "csv", f"csv {key or name}", "secondary")


def figure_downloads(
    chart: alt.TopLevelMixin,
    name: str,
    table: pd.DataFrame | Callable[[], pd.DataFrame] | None = None,
    *,
    title: str = "",
    lines: Sequence[str] = (),
    key: str = "",
) -> None:
    """Buttons that save a chart as SVG and PNG, and its numbers as CSV.

    Args:
        chart: any chart of `figures`.
        name: of the files, without their ending; any text.
        table: the chart's numbers, or what makes them.
        title: in the picture, above the chart.
        lines: below the title: where the picture comes from, as `figures.caption` makes them.
        key: as in `table_download`.
    """
    with st.container(horizontal=True, gap="small"):
        for form in ("svg", "png"):
            _button(form.upper(), partial(_picture, chart, form, title, tuple(lines)), name, form,
                    f"{form} {key or name}")  # fmt: skip
        if table is not None:
            _button("CSV", partial(_csv, table), name, "csv", f"figure csv {key or name}")


def _button(
    label: str, content: Callable[[], bytes], name: str, form: str, key: str, kind: str = "tertiary"
) -> None:
    st.download_button(
        label,
        content,
        file_name(name, form),
        MIME[form],
        key=key,
        icon=":material/download:",
        on_click="ignore",
        type=kind,  # type: ignore[arg-type]
    )


def _csv(table: pd.DataFrame | Callable[[], pd.DataFrame]) -> bytes:
    made = table if isinstance(table, pd.DataFrame) else table()
    return made.to_csv(index=False).encode()


def _picture(chart: alt.TopLevelMixin, form: str, title: str, lines: tuple[str, ...]) -> bytes:
    # Text that XML forbids would end the whole process while the picture is drawn.
    told = [printable(line) for line in lines]
    return figures.picture(chart, form, title=printable(title), lines=told)  # type: ignore[arg-type]


def file_name(name: str, suffix: str) -> str:
    """A file name that every system takes."""
    return re.sub(r"[^\w.-]+", "-", name).strip("-.")[:120] + f".{suffix}"

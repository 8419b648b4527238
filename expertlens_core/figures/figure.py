"""One figure: a chart with its numbers, its words and its files."""

import base64
import html
import json
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pandas as pd
from altair import TopLevelMixin

from ..concepts.formats.whole_file import write_whole_file
from ..errors import InputError
from .text import printable

WIDTH, SCALE = 640, 2
"""Pixels of the plot, and pixels of a PNG per pixel of the chart."""
_PAPER, _TEXT, _QUIET, _GRID = "#ffffff", "#1b2333", "#4c566a", "#e3e7ee"
_LABELS = {"labelColor": _QUIET, "titleColor": _TEXT, "labelFontSize": 11}
# A file has no page around it that could lend its colours.
_CONFIG = {
    "background": _PAPER,
    "font": "sans-serif",
    "padding": 14,
    "view": {"stroke": None},
    "axis": {**_LABELS, "gridColor": _GRID, "domainColor": _GRID, "tickColor": _GRID},
    "axisBand": {"grid": False},
    "legend": {**_LABELS, "titleFontWeight": "normal"},
    "header": {"labelColor": _TEXT, "titleColor": _TEXT},
    "title": {"color": _TEXT, "subtitleColor": _QUIET, "anchor": "start", "offset": 14},
    "text": {"color": _TEXT},
}


@dataclass(frozen=True, eq=False)
class Figure:
    """What a page, a report and a notebook need in order to show a chart and to offer it as files."""

    chart: TopLevelMixin
    table: pd.DataFrame | Callable[[], pd.DataFrame]
    """The chart's numbers, or what makes them: then they are made only when asked for."""
    title: str = ""
    """Above the chart in a picture; any text."""
    alt: str = ""
    """What the chart shows, in a sentence, for those who cannot see it."""
    name: str = ""
    """Of the files, without an ending; any text."""
    lines: Sequence[str] = ()
    """Where the figure comes from, as `caption` tells it."""

    def png(self) -> bytes:
        """A PNG file of the chart with its title and its caption lines."""
        return picture(self.chart, "png", title=self.title, lines=self.lines)

    def svg(self) -> bytes:
        """An SVG file of the chart with its title and its caption lines."""
        return picture(self.chart, "svg", title=self.title, lines=self.lines)

    def csv(self) -> bytes:
        """A CSV file of the numbers."""
        table = self.table if isinstance(self.table, pd.DataFrame) else self.table()
        return table.to_csv(index=False).encode()

    def save(self, path: str | Path) -> None:
        """Write the picture or its numbers, as the name ends: ``.png``, ``.svg`` or ``.csv``.

        Raises InputError for another ending, or where the place cannot be written.
        """
        makers = {".png": self.png, ".svg": self.svg, ".csv": self.csv}
        suffix = Path(path).suffix.lower()
        if suffix not in makers:
            raise InputError(f"{path} names no kind of file: expected a name that ends in .png, .svg or .csv")
        write_whole_file(Path(path), makers[suffix]())

    def _repr_html_(self) -> str:
        """The picture in a notebook, without a network."""
        uri = "data:image/svg+xml;base64," + base64.b64encode(self.svg()).decode()
        return f'<img alt="{html.escape(self.alt or self.title)}" src="{uri}">'


def picture(
    chart: TopLevelMixin, form: Literal["svg", "png"], *, title: str = "", lines: Sequence[str] = ()
) -> bytes:
    """A chart as the bytes of an SVG or PNG file, drawn without a browser or a network.

    The title stands above the chart, and `lines` (of `caption`) below the title; both may be any text.
    """
    import vl_convert

    spec = chart.to_dict()
    spec["config"] = spec.get("config", {}) | _CONFIG
    for view in spec.get("vconcat", [spec]):
        view["width"] = WIDTH
    if title or lines:
        # Lines break at the dots between the parts of a caption where that is possible.
        glued = (printable(line).replace(" ", "\u00a0").replace("\u00a0·\u00a0", " · ") for line in lines)
        parts = (part for line in glued for part in textwrap.wrap(line, WIDTH // 6))
        wrapped = [part.replace("\u00a0", " ").rstrip(" ·") for part in parts]
        # Vega draws no subtitle below an empty title.
        head = {"text": title, "subtitle": wrapped} if title else {"text": wrapped, "fontWeight": "normal"}
        spec["title"] = {**head, "limit": WIDTH + 160, "subtitlePadding": 4}
    content = json.dumps(_printable(spec))
    if form == "svg":
        return vl_convert.vegalite_to_svg(content, allowed_base_urls=[]).encode()
    return bytes(vl_convert.vegalite_to_png(content, scale=SCALE, allowed_base_urls=[]))


def _printable(part: Any) -> Any:
    """Every text of a specification without the characters that end the drawing library's process."""
    if isinstance(part, str):
        return printable(part)
    if isinstance(part, dict):
        return {_printable(key): _printable(value) for key, value in part.items()}
    return [_printable(value) for value in part] if isinstance(part, list) else part

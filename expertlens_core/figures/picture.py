"""A chart as a file: with its own background, its title, and the lines that say where it comes from."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Sequence
from typing import Any, Literal

import altair as alt

from .printable import printable

Theme = Literal["light", "dark"]
Form = Literal["svg", "png"]

_COLOURS = {
    "light": {"paper": "#ffffff", "text": "#1b2333", "quiet": "#4c566a", "grid": "#e3e7ee"},
    "dark": {"paper": "#12151c", "text": "#e6e9f0", "quiet": "#b4bccb", "grid": "#2b3240"},
}


def themed(chart: alt.TopLevelMixin, theme: Theme) -> dict[str, Any]:
    """The chart's specification with every colour of text, axes and paper set for a light or dark page.

    A file has no page around it that could lend its colours.
    """
    spec = chart.to_dict()
    colour = _COLOURS[theme]
    text = {"labelColor": colour["quiet"], "titleColor": colour["text"], "labelFontSize": 11}
    config = spec.get("config", {})
    config.pop("view", None)
    spec["config"] = {
        **config,
        "background": colour["paper"],
        "font": "sans-serif",
        "padding": 14,
        "view": {"stroke": None},
        "axis": {
            **text,
            "gridColor": colour["grid"],
            "domainColor": colour["grid"],
            "tickColor": colour["grid"],
        },
        "axisBand": {"grid": False},
        "legend": {**text, "titleFontWeight": "normal"},
        "header": {"labelColor": colour["text"], "titleColor": colour["text"]},
        "title": {"color": colour["text"], "subtitleColor": colour["quiet"], "anchor": "start", "offset": 14},
        "text": {"color": colour["text"]},
    }
    return spec


def picture(
    chart: alt.TopLevelMixin,
    form: Form,
    *,
    theme: Theme = "light",
    title: str = "",
    lines: Sequence[str] = (),
    width: int = 640,
    scale: float = 2,
) -> bytes:
    """A chart as the bytes of an SVG or PNG file, drawn without a browser or a network.

    Args:
        chart: any chart of this package.
        form: ``svg`` or ``png``.
        theme: colours of paper and text.
        title: above the chart.
        lines: below the title, as `caption` makes them.
        width: of the plot, pixels.
        scale: pixels of a PNG per pixel of the chart.
    """
    import vl_convert

    spec = themed(chart, theme)
    for view in spec.get("vconcat", [spec]):
        view["width"] = width
    if title or lines:
        wrapped = [part for line in lines for part in _wrap(line, max(20, width // 6))]
        # Vega draws no subtitle below an empty title.
        head = {"text": title, "subtitle": wrapped} if title else {"text": wrapped, "fontWeight": "normal"}
        spec["title"] = {**head, "limit": width + 160, "subtitlePadding": 4}
    content = json.dumps(_cleaned(spec))
    if form == "svg":
        return vl_convert.vegalite_to_svg(content, allowed_base_urls=[]).encode()
    return bytes(vl_convert.vegalite_to_png(content, scale=scale, allowed_base_urls=[]))


def _cleaned(part: Any) -> Any:
    """Every text of a specification without the characters that end the drawing library's process."""
    if isinstance(part, str):
        return printable(part)
    if isinstance(part, dict):
        return {_cleaned(key): _cleaned(value) for key, value in part.items()}
    return [_cleaned(value) for value in part] if isinstance(part, list) else part


def _wrap(line: str, length: int) -> list[str]:
    """Break at the dots between the parts of a caption where that is possible."""
    glued = line.replace(" ", "\u00a0").replace("\u00a0·\u00a0", " · ")
    return [part.replace("\u00a0", " ").rstrip(" ·") for part in textwrap.wrap(glued, length)]

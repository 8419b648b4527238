"""Parts of a chart that many charts share."""

from collections.abc import Sequence
from typing import Any

import altair as alt


def tooltip(*shown: tuple[str, ...]) -> list[alt.Tooltip]:
    """What the pointer tells, each (field, title) or (field, title, number format); browsers escape the values."""
    return [
        alt.Tooltip(field, title=title or alt.Undefined, format=form[0] if form else alt.Undefined)
        for field, title, *form in shown
    ]


def named_colours(field: str, names: Sequence[str], colours: Sequence[str], **legend: Any) -> alt.Color:
    """A colour for each name, told by a legend above the chart."""
    scale = alt.Scale(domain=list(names), range=list(colours))
    return alt.Color(field, title=None, scale=scale, legend=alt.Legend(orient="top", **legend))

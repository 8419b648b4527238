"""A chart of several panels, drawn panel by panel: Streamlit fits no layered panel of one chart to the page's width."""

from typing import Any

import altair as alt
import streamlit as st

from expertlens_core.figures import Figure
from pages.shared.show import show

HEIGHT, AXIS, LEGEND = 160, 45, 70
"""Pixels of a panel with its title, of the steps below the last, and of the legend above the first."""


def show_panels(figure: Figure, *notes: str, key: str) -> None:
    """Draw the panels of a `step_chart` as wide as the page, the legend above the first; the files hold all in one."""
    panels = panels_of(figure)
    with st.container(gap=None):
        for panel in panels[:-1]:
            st.altair_chart(panel, alt=f"{figure.alt} {panel.title.text}")
    show(figure, *notes, key=key, drawn=panels[-1])


def panels_of(figure: Figure) -> list[Any]:
    """Each panel as a chart of its own."""
    whole: Any = figure.chart
    made = []
    for number, each in enumerate(whole.vconcat):
        panel = each.copy(deep=True)
        if panel.data is alt.Undefined:
            panel.data = whole.data
        panel.height = HEIGHT + AXIS * (number == len(whole.vconcat) - 1) + LEGEND * (not number)
        if number:
            for layer in panel.layer:
                for channel in ("color", "strokeDash", "shape"):
                    if (found := getattr(layer.encoding, channel)) is not alt.Undefined:
                        found.legend = None
        made.append(panel)
    return made

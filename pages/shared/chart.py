"""A chart on a page."""

from __future__ import annotations

from typing import Any

import altair as alt
import streamlit as st
from altair.utils import schemapi

# Altair compares every part with the whole of Vega-Lite's schema, as it is made and as it is drawn: a third of the time
# that a chart takes. What `figures` make is compared in their tests.
schemapi.disable_debug_mode()


class _Unchecked:
    """A chart that is drawn as it is."""

    def __init__(self, chart: alt.TopLevelMixin) -> None:
        self._chart = chart

    def to_dict(self) -> dict[str, Any]:
        return self._chart.to_dict(validate=False)


def draw_chart(chart: alt.TopLevelMixin, **options: Any) -> Any:
    """Draw a chart of `figures`; `options` and what comes back are those of `st.altair_chart`."""
    shown: Any = _Unchecked(chart)
    return st.altair_chart(shown, **options)

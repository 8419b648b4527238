"""Two concepts side by side."""

from __future__ import annotations

import streamlit as st

from expertlens_core.errors import InputError
from pages.parts.map.downloads import caption_lines, draw_methods
from pages.parts.map.evidence import draw_pair
from pages.parts.map.results import MapResults
from pages.parts.map.settings import draw_settings
from pages.shared import view
from pages.shared.choices.map import FOCUS
from pages.shared.frame import explain
from pages.shared.plain import plain

_KEYS = ("pair first", "pair second")


@st.fragment
def draw_pair_view(results: MapResults, chosen: str) -> None:
    """Two choices and their evidence.

    Args:
        results: what there is.
        chosen: the concept of all pages, which comes first where no pair is in focus.
    """
    try:
        settings = draw_settings()
        first, second = pair_in_focus(results, chosen)
        for column, key, value, label in zip(
            st.columns(2, gap="medium"), _KEYS, (first, second), ("First concept", "Second concept")
        ):
            st.session_state[key] = value
            column.selectbox(label, results.concepts, key=key, on_change=_take)
        if first == second:
            st.info("Choose two different concepts.", icon=":material/compare_arrows:")
            return
        draw_pair(results, settings, first, second, room="page")
        st.caption(plain(" | ".join(caption_lines(results, settings))))
        draw_methods(results, settings)
    except InputError as problem:
        explain(str(problem))


def pair_in_focus(results: MapResults, chosen: str) -> tuple[str, str]:
    """The focus, filled up with the chosen concept and with the nearest one."""
    focus = [key for key in view.get(FOCUS) if key in results.concepts]
    if len(focus) == 2:
        return focus[0], focus[1]
    first = focus[0] if focus else chosen if chosen in results.concepts else results.concepts[0]
    return first, results.drawn.matrix.nearest(first, 1)[0][0]


def _take() -> None:
    view.put(FOCUS, tuple(st.session_state[key] for key in _KEYS))

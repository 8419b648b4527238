"""Two concepts side by side."""

from __future__ import annotations

from collections.abc import Callable

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
        left, right = st.columns(2, gap="medium")
        left.selectbox(
            "First concept",
            results.concepts,
            **view.show("pair first", first, _taker(0, (first, second))),
        )
        right.selectbox(
            "Second concept",
            results.concepts,
            **view.show("pair second", second, _taker(1, (first, second))),
        )
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


def _taker(place: int, shown: tuple[str, str]) -> Callable[[str], None]:
    """What takes over a new concept at one place of the pair; the other one stays as it is."""

    def take(taken: str) -> None:
        both = list(view.get(FOCUS) if len(view.get(FOCUS)) == 2 else shown)
        both[place] = taken
        view.put(FOCUS, tuple(both))

    return take

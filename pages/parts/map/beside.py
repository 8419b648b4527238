"""A second model or checkpoint, drawn on the first one's layout."""

from __future__ import annotations

import streamlit as st

from pages.parts.map.missing import draw_missing
from pages.parts.map.results import MapResults, map_results
from pages.shared import view
from pages.shared.choices.map import BESIDE
from pages.shared.plain import plain
from pages.shared.second_model import choose_second, second_plan
from pages.shared.selection import Selection


def choose_beside(chosen: Selection) -> None:
    """The choice of a second model, or of another checkpoint of the same, whose graph has the same layout."""
    choose_second(
        BESIDE,
        chosen,
        "Beside it",
        placeholder="Beside it: a checkpoint or model",
        label_visibility="collapsed",
    )


def beside_results(chosen: Selection) -> MapResults | None:
    """What the second graph is drawn from; None where none is chosen or its experts are still to be found.

    Raises:
        InputError: for a model that cannot be.
    """
    plan = second_plan(BESIDE, chosen)
    if plan is None:
        return None
    if plan.missing:
        st.markdown(f"**Beside it: {plain(view.get(BESIDE).strip())}**")
    if not draw_missing(plan, "beside"):
        return None
    return map_results(plan)

"""The settings that move the charts: tau, which units, and how they are counted."""

from __future__ import annotations

import streamlit as st

from pages.shared import view
from pages.shared.choices.experts import PART, PARTS, PER_UNIT
from pages.shared.glossary import words
from pages.shared.selection import OUTSIDE, TAU
from pages.shared.view import bound


def draw_settings(*, tau: bool = True, parts: bool = False, share: bool = True) -> tuple[float, bool]:
    """One row of widgets.

    Args:
        tau: with the slider.
        parts: with the choice between kinds and modules.
        share: with the choice between counts and shares.

    Returns:
        Tau, on the grid of the slider, and whether token-only modules are left out.
    """
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        if tau:
            st.slider("tau", 0.05, 0.99, step=0.01, width=340, help=words("tau"), **bound(TAU))
        if parts:
            st.segmented_control(
                "Count in",
                list(PARTS),
                required=True,
                format_func=PARTS.__getitem__,
                label_visibility="collapsed",
                **bound(PART),
            )
        if share:
            st.toggle(
                "Per unit",
                help="Divide by the number of units in each place: MLP parts have more units than attention parts.",
                **bound(PER_UNIT),
            )
        st.toggle("Without token-only", help=words("token-only") + " This leaves them out.", **bound(OUTSIDE))
    return round(view.get(TAU), 2), bool(view.get(OUTSIDE))

"""The settings that move the map: tau, measure, which edges, which units."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from expertlens_core.analysis.similarity_matrix import DIVERGENCES
from pages.shared import view
from pages.shared.choices.map import COLOUR, COLOURS, EDGES, MEASURE, MEASURES, THRESHOLD
from pages.shared.glossary import words
from pages.shared.selection import OUTSIDE, TAU
from pages.shared.view import bound

_MEASURES_HELP = (
    "What makes two concepts alike. Jaccard compares expert sets: shared experts / all experts of either. The others "
    "compare the AP of every unit and know no tau; KL is a divergence: small means alike."
)


@dataclass(frozen=True)
class Settings:
    """As they stand."""

    tau: float
    outside: bool
    """Without token-only modules."""
    measure: str = "jaccard"
    colour: str = "domain"

    @property
    def note(self) -> str:
        """For captions."""
        return "without token-only modules" if self.outside else ""


def draw_settings(*, measure: bool = False, edges: bool = False) -> Settings:
    """One row of widgets, and a second for edges."""
    by = view.get(MEASURE) if measure else "jaccard"
    left, right = st.columns([3, 2], gap="small", vertical_alignment="bottom")
    with left:
        st.slider("tau", 0.05, 0.99, step=0.01, help=words("tau"), **bound(TAU), disabled=by != "jaccard")
    with right, st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        if measure:
            st.selectbox(
                "Measure",
                list(MEASURES),
                format_func=MEASURES.__getitem__,
                help=_MEASURES_HELP,
                **bound(MEASURE),
            )
        st.toggle("Without token-only", help=words("token-only") + " This leaves them out.", **bound(OUTSIDE))
    if edges:
        _edges(by)
    return Settings(round(view.get(TAU), 2), bool(view.get(OUTSIDE)), by, view.get(COLOUR))


def _edges(measure: str) -> None:
    one, two, three = st.columns([3, 3, 2], gap="small", vertical_alignment="bottom")
    with one:
        st.slider(
            "Strongest edges, per concept",
            0.0,
            10.0,
            step=0.5,
            help="How many edges are drawn: the strongest pairs of the whole map, so many per concept on average.",
            format="%g",
            **bound(EDGES),
        )
    with two:
        alike = "below" if measure in DIVERGENCES else "above"
        st.slider(
            f"Only pairs {alike}",
            0.0,
            1.0,
            step=0.01,
            help=f"Leaves out pairs whose value does not lie {alike} this; at 0 none is left out.",
            **bound(THRESHOLD),
        )
    with three:
        st.segmented_control(
            "Colours",
            list(COLOURS),
            required=True,
            format_func=COLOURS.__getitem__,
            help="Domains are what people gave; communities are what the overlaps alone form (Louvain's method).",
            **bound(COLOUR),
        )

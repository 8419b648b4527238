"""The settings that move the map: tau, measure, which edges, which units."""

from dataclasses import dataclass

import streamlit as st

from expertlens_core.analysis.similarity_matrix import DIVERGENCES, Measure
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
    """What is compared, by what, and how it is coloured."""

    tau: float
    outside: bool
    """Without token-only modules."""
    measure: Measure = "jaccard"
    colour: str = "domain"


def draw_settings(*, measure: bool = False, edges: bool = False) -> Settings:
    """One row of widgets, and a second for edges."""
    by: Measure = view.get(MEASURE) if measure else "jaccard"
    left, right = st.columns([3, 2], gap="small", vertical_alignment="bottom")
    with left:
        st.slider("tau", 0.05, 0.99, step=0.01, help=words("tau"), **bound(TAU), disabled=by != "jaccard")
    with right, st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        if measure:
            named = MEASURES.__getitem__
            st.selectbox("Measure", list(MEASURES), format_func=named, help=_MEASURES_HELP, **bound(MEASURE))
        st.toggle("Without token-only", help=words("token-only") + " This leaves them out.", **bound(OUTSIDE))
    if edges:
        _edges("below" if by in DIVERGENCES else "above")
    return Settings(round(view.get(TAU), 2), bool(view.get(OUTSIDE)), by, view.get(COLOUR))


def _edges(alike: str) -> None:
    one, two, three = st.columns([3, 3, 2], gap="small", vertical_alignment="bottom")
    with one:
        told = (
            "How many edges are drawn: the strongest pairs of the whole map, so many per concept on average."
        )
        strongest = "Strongest edges, per concept"
        st.slider(strongest, 0.0, 10.0, step=0.5, help=told, format="%g", **bound(EDGES))
    with two:
        told = f"Leaves out pairs whose value does not lie {alike} this; at 0 none is left out."
        st.slider(f"Only pairs {alike}", 0.0, 1.0, step=0.01, help=told, **bound(THRESHOLD))
    with three:
        told = (
            "Domains are what people gave; communities are what the overlaps alone form (Louvain's method)."
        )
        view.segments("Colours", COLOURS, COLOUR, help=told)

"""What a text calls up: the concepts of the library, ranked."""

import math
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from expertlens_core.figures import Figure
from expertlens_core.figures.lens_chart import lens_chart
from expertlens_core.pipeline.looking.lens import Seen
from pages.shared import view
from pages.shared.plain import plain
from pages.shared.selection import CONCEPT
from pages.shared.show import show

CLEAR = 2.0
"""Deviations above other sentences from which a concept stands out."""


def draw_ranking(seen: Seen, coloured: Sequence[str]) -> None:
    """The chart, whether a concept stands out, and a way to Steer for the first three."""
    st.subheader(
        "What it calls up", help="The whole text's score for each concept, against sentences without it."
    )
    ranking = pd.DataFrame(
        {
            "concept": seen.concepts,
            "deviations": seen.above,
            "share of other sentences below": seen.share_others,
            "share of its own sentences below": seen.share_own,
        }
    )
    best = seen.concepts[:3]
    alt = f"Concepts that the text calls up most: {', '.join(best)}."
    chart = lens_chart(ranking, tuple(coloured))
    show(Figure(chart, ranking, "Concepts that the text calls up", alt, "lens ranking"))
    strongest = float(seen.above[0])
    if math.isfinite(strongest) and strongest < CLEAR:
        st.caption(
            f"No concept stands out: even {plain(best[0])} lies only {strongest:.1f} deviations above other "
            "sentences."
        )
    with st.container(horizontal=True):
        for key in best:
            label = f"Steer towards {plain(key)}"
            if view.button(label, view.put, CONCEPT, key, key=f"lens to {key}", type="tertiary"):
                st.switch_page("steer.py")

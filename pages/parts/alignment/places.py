"""Where in the model the agreement sits: every layer, and every kind of module, alone."""

from __future__ import annotations

import streamlit as st

from expertlens_core import figures
from expertlens_core.figures import printable
from expertlens_core.pipeline import Aligned
from pages.parts.alignment.captions import caption_lines, draw_caption
from pages.parts.alignment.coverage import judgments_name
from pages.parts.alignment.results import Asked
from pages.parts.alignment.rows import chart_height, number, row_name
from pages.shared.show import draw_chart, figure_downloads


def draw_places(asked: Asked, made: Aligned) -> None:
    """Expert overlap in each layer and kind, beside that of the whole model."""
    groups = {"experts": made.measures[:1], "kind": made.kinds, "layer": made.layers}
    frame = figures.alignment_frame(groups)
    shown = frame.assign(measure=[printable(row_name(name)) for name in frame["measure"]])
    chart = figures.alignment_chart(shown, ceiling=made.ceiling.mean_rho if made.ceiling else None)
    lines = caption_lines(asked, made.about, len(made.table.human), "expert overlap within each place")
    defined = [row for row in made.layers if row.rho == row.rho]
    if defined:
        best = max(defined, key=lambda row: row.rho)
        place = row_name(best.label).removesuffix(" alone")
        st.markdown(
            f"Experts of **{place}** agree best among the layers (rho {number(best.rho)}); those of the whole "
            f"model have {number(made.measures[0].rho)}. Intervals that overlap widely are no difference."
        )
    draw_chart(
        chart,
        height=chart_height(len(shown)),
        alt=f"Rho with {judgments_name(asked)} of each layer and kind of module alone.",
    )
    if shown["rho"].isna().any():
        names = ", ".join(shown["measure"][shown["rho"].isna()])
        st.caption(f"Not drawn, because no pair shares an expert there: {names}.")
    figure_downloads(
        chart,
        f"agreement by layer and kind, {judgments_name(asked)}",
        shown,
        title=f"Agreement by layer and kind: {printable(judgments_name(asked))}",
        lines=lines,
        key="places",
    )
    draw_caption(lines)

"""Where experts sit and how all units are spread: of one concept, or of several beside each other."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from expertlens_core import figures
from pages.parts.experts.counts import Shown
from pages.shared import view
from pages.shared.choices.experts import LUCK, PART, PER_UNIT, PREVALENCE
from pages.shared.show import draw_chart, figure_downloads

CHANCE = 0.9999
"""Share of random rankings below the line that the histogram calls chance."""


def draw_distribution(shown: Shown, tau: float, outside: bool) -> None:
    """Two charts side by side: over layers, and over AP."""
    left, right = st.columns(2, gap="medium")
    with left:
        st.subheader("Where they sit")
        _layers(shown, tau, outside)
    with right:
        st.subheader("How all units are spread")
        _histogram(shown, tau, outside)


def layer_table(shown: Shown, tau: float, outside: bool) -> pd.DataFrame:
    """Experts of every concept shown in every place, with the concept's name and tau."""
    places = shown.counts.places(tau, view.get(PART), without_token_only=outside)
    table = figures.concept_table(places, [found.concept.key for found in shown.found])
    names = dict(zip((found.concept.key for found in shown.found), shown.names))
    return table.assign(concept=table["concept"].map(names))


def _layers(shown: Shown, tau: float, outside: bool) -> None:
    table = layer_table(shown, tau, outside)
    options = {"per_unit": view.get(PER_UNIT), "by": view.get(PART)}
    chart = (
        figures.concept_panels(table, **options)
        if shown.compared
        # Without an expert the axis would be drawn from nothing.
        else figures.layer_chart(table, **options, top=None if table["experts"].any() else 1).properties(
            height=340
        )
    )
    draw_chart(chart, alt=f"Experts of {shown.title} by layer at tau {tau:.2f}: {_spoken(table)}.")
    figure_downloads(
        chart,
        f"experts by layer, {shown.title}, tau {tau:.2f}",
        table,
        title=f"Experts of {shown.title} by layer",
        lines=shown.caption(tau, outside),
        key="layers",
    )


def _histogram(shown: Shown, tau: float, outside: bool) -> None:
    bins = {
        name: shown.counts.histogram(found.concept.key, without_token_only=outside)
        for name, found in zip(shown.names, shown.found)
    }
    sizes = {(found.expertise.positives, found.expertise.negatives) for found in shown.found}
    alike = len(sizes) == 1
    prevalence = shown.prevalence(shown.first) if view.get(PREVALENCE) and alike else None
    chance = shown.null(shown.first).quantile(CHANCE) if view.get(LUCK) and alike else None
    chart = (
        figures.ap_comparison(bins, tau=tau, prevalence=prevalence, chance=chance)
        if shown.compared
        else figures.ap_histogram(bins[shown.names[0]], tau=tau, prevalence=prevalence, chance=chance)
    )
    draw_chart(chart, alt=f"Histogram of the AP of all units for {shown.title}, tau {tau:.2f} marked.")
    table = pd.DataFrame({"AP up to": [(step + 1) / 100 for step in range(100)], **bins})
    figure_downloads(
        chart,
        f"AP histogram, {shown.title}",
        table,
        title=f"AP of all units for {shown.title}",
        lines=shown.caption(tau, outside),
        key="histogram",
    )


def _spoken(table: pd.DataFrame) -> str:
    """The layer with most experts of each concept, for those who cannot see the chart."""
    said = []
    for concept, rows in table.groupby("concept", sort=False):
        by_layer = rows.groupby("layer")["experts"].sum()
        most = by_layer.idxmax()
        said.append(f"{concept} has {by_layer.sum():,}, most in layer {most} ({by_layer.max():,})")
    return "; ".join(said)

"""Where experts sit and how all units are spread: of one concept or several, at one tau or at five."""

from typing import Any

import pandas as pd
import streamlit as st

from expertlens_core import figures
from expertlens_core.figures import Figure
from pages.parts.experts.shown import Shown
from pages.shared import view
from pages.shared.choices.experts import LUCK, PART, PER_UNIT, PREVALENCE
from pages.shared.plain import plain
from pages.shared.show import show

CHANCE = 0.9999
"""Share of random rankings below the line that the histogram calls chance."""


def draw_distribution(shown: Shown) -> None:
    left, right = st.columns(2, gap="medium")
    with left:
        st.subheader("Where they sit")
        show(layers_figure(shown), key="layers", caption=False)
    with right:
        st.subheader("How all units are spread")
        show(histogram_figure(shown), key="histogram", caption=False)


def layers_figure(shown: Shown) -> Figure:
    places = shown.counts.places(shown.tau, view.get(PART), without_token_only=shown.outside)
    table = figures.concept_table(places, shown.names)
    options = {"per_unit": view.get(PER_UNIT), "by": view.get(PART)}
    chart: Any
    if shown.compared:
        chart = figures.concept_panels(table, **options)
    else:  # without an expert the axis would be drawn from nothing
        top = None if table["experts"].any() else 1
        chart = figures.layer_chart(table, **options, top=top).properties(height=340)
    said = []  # the layer with most experts of each concept, for those who cannot see the chart
    for concept, rows in table.groupby("concept", sort=False):
        by_layer = rows.groupby("layer")["experts"].sum()
        most = by_layer.idxmax()
        said.append(f"{concept} has {by_layer.sum():,}, most in layer {most} ({by_layer.max():,})")
    return Figure(
        chart,
        table,
        f"Experts of {shown.title} by layer",
        f"Experts of {shown.title} by layer at tau {shown.tau:.2f}: {'; '.join(said)}.",
        f"experts by layer, {shown.title}, tau {shown.tau:.2f}",
        shown.caption(),
    )


def histogram_figure(shown: Shown) -> Figure:
    """AP of all units, with the lines of prevalence and chance."""
    bins = {
        name: shown.counts.histogram(found.concept.key, without_token_only=shown.outside)
        for name, found in zip(shown.names, shown.found)
    }
    first = shown.first.expertise
    lines: dict[str, float | None] = {"prevalence": None, "chance": None}
    if len({(found.expertise.positives, found.expertise.negatives) for found in shown.found}) == 1:
        if view.get(PREVALENCE):
            lines["prevalence"] = 2 / 7 if shown.at_reference else first.prevalence
        if view.get(LUCK):
            lines["chance"] = shown.null(shown.first).quantile(CHANCE)
    chart = (
        figures.ap_comparison(bins, tau=shown.tau, **lines)
        if shown.compared
        else figures.ap_histogram(bins[shown.names[0]], tau=shown.tau, **lines)
    )
    return Figure(
        chart,
        pd.DataFrame({"AP up to": [(step + 1) / 100 for step in range(100)], **bins}),
        f"AP of all units for {shown.title}",
        f"Histogram of the AP of all units for {shown.title}, tau {shown.tau:.2f} marked.",
        f"AP histogram, {shown.title}",
        shown.caption(),
    )


def draw_over_tau(shown: Shown) -> None:
    """The paper's five thresholds: a stack of strips per concept, two stacks side by side for several."""
    st.caption(
        "Each strip has a scale of its own: compare where the experts sit, not how high the bars are. The number "
        "of experts stands above each strip."
    )
    columns = st.columns(2, gap="medium") if shown.compared else [st.container()]
    for number, (found, name) in enumerate(zip(shown.found, shown.names)):
        table = figures.tau_table(
            shown.counts, found.concept.key, by=view.get(PART), without_token_only=shown.outside
        )
        figure = Figure(
            figures.tau_panels(table, per_unit=view.get(PER_UNIT), by=view.get(PART)),
            table.assign(concept=name),
            f"Experts of {name} by layer and tau",
            f"Experts of {name} by layer at tau 0.5, 0.6, 0.7, 0.8 and 0.9.",
            f"experts over tau, {name}",
            shown.caption(tau=False),
        )
        with columns[number % len(columns)]:
            if shown.compared:
                st.subheader(plain(name))
            show(figure, key=f"over tau {number}", caption=False)

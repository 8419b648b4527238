"""How the units' AP is spread, with the lines that say what is surprising."""

from __future__ import annotations

import altair as alt
import numpy as np
import pandas as pd

from .colours import CHANCE, PREVALENCE, TAU

BINS = 80


def expertise_histogram(
    ap: np.ndarray, *, tau: float, prevalence: float, chance: float | None
) -> alt.LayerChart:
    """Histogram of AP over units on a square-root count axis, with tau, prevalence and chance marked.

    Binned here: the rows of the units never reach the browser.

    Args:
        ap: `[units]` average precision.
        tau: the threshold on AP.
        prevalence: AP of a constant unit.
        chance: AP that one unit in 10,000 without information exceeds; ``None`` leaves the line out.
    """
    counts, edges = np.histogram(ap, bins=BINS, range=(0.0, 1.0))
    bins = pd.DataFrame({"from": edges[:-1], "to": edges[1:], "units": counts, "expert": edges[:-1] >= tau})
    bars = (
        alt.Chart(bins)
        .mark_bar(binSpacing=1)
        .encode(
            x=alt.X("from:Q", bin="binned", title="average precision (AP)", scale=alt.Scale(domain=[0, 1])),
            x2="to:Q",
            y=alt.Y(
                "units:Q",
                title="units",
                scale=alt.Scale(type="sqrt"),
                axis=alt.Axis(format=",d", tickCount=6),
            ),
            color=alt.condition("datum.expert", alt.value("#4c6ef5"), alt.value("#adb5bd")),
            tooltip=[
                alt.Tooltip("from:Q", title="AP from", format=".3f"),
                alt.Tooltip("to:Q", title="to", format=".3f"),
                alt.Tooltip("units:Q", title="units", format=",d"),
            ],
        )
    )
    marks = [("prevalence", prevalence), ("chance (1 in 10,000)", chance), ("tau", tau)]
    lines = pd.DataFrame([{"line": name, "ap": value} for name, value in marks if value is not None])
    names = list(lines["line"])
    colours = {"prevalence": PREVALENCE, "chance (1 in 10,000)": CHANCE, "tau": TAU}
    rules = (
        alt.Chart(lines)
        .mark_rule(strokeWidth=2)
        .encode(
            x=alt.X("ap:Q"),
            color=alt.Color(
                "line:N",
                title=None,
                scale=alt.Scale(domain=names, range=[colours[name] for name in names]),
                legend=alt.Legend(orient="top"),
            ),
            tooltip=[alt.Tooltip("line:N", title="line"), alt.Tooltip("ap:Q", title="AP", format=".3f")],
        )
    )
    return alt.LayerChart(layer=[bars, rules]).properties(height=300)

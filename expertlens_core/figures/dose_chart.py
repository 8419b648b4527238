"""What each dose of a calibration did: how often its texts show the concept, and how fluent they stay."""

from __future__ import annotations

import altair as alt
import pandas as pd

from ..steering.calibration_result import MOST_PERPLEXITY, Calibration


def dose_table(calibration: Calibration) -> pd.DataFrame:
    """One row per dose whose texts were read: the curve of a calibration."""
    rows = [
        {
            "first layer": point.dose.first_layer,
            "experts": point.dose.experts,
            "strength": point.dose.strength,
            "queries and keys": point.dose.queries_keys,
            "texts": point.texts,
            "presence": point.presence,
            "perplexity": point.perplexity,
            "distinct-2": point.distinct,
            "role": "chosen"
            if point.dose == calibration.dose
            else ("tried at length" if point.final else "tried briefly"),
        }
        for point in calibration.curve
        if point.perplexity is not None
    ]
    return pd.DataFrame(rows)


def dose_chart(calibration: Calibration) -> alt.LayerChart:
    """Presence over perplexity, one point per dose; the line is the bound on perplexity (METHOD section 9)."""
    table = dose_table(calibration)
    roles = ["chosen", "tried at length", "tried briefly"]
    points = (
        alt.Chart(table)
        .mark_point(filled=True, size=110, opacity=0.85)
        .encode(
            x=alt.X("perplexity:Q", title="perplexity, times the originals'", scale=alt.Scale(zero=False)),
            y=alt.Y(
                "presence:Q",
                title="texts that show the concept",
                axis=alt.Axis(format=".0%"),
                scale=alt.Scale(domain=[0, 1]),
            ),
            color=alt.Color(
                "role:N",
                title=None,
                scale=alt.Scale(domain=roles, range=["#e8590c", "#4c6ef5", "#adb5bd"]),
                legend=alt.Legend(orient="top"),
            ),
            shape=alt.Shape("role:N", title=None, scale=alt.Scale(domain=roles)),
            tooltip=[
                alt.Tooltip("first layer:Q"),
                alt.Tooltip("experts:Q", format=",d"),
                alt.Tooltip("strength:Q", format=".2f"),
                alt.Tooltip("queries and keys:N"),
                alt.Tooltip("presence:Q", format=".0%"),
                alt.Tooltip("perplexity:Q", format=".2f"),
                alt.Tooltip("distinct-2:Q", format=".2f"),
                alt.Tooltip("texts:Q", format="d"),
            ],
        )
    )
    bound = (
        alt.Chart(pd.DataFrame({"bound": [MOST_PERPLEXITY]}))
        .mark_rule(strokeDash=[5, 4], opacity=0.6)
        .encode(x="bound:Q")
    )
    return (bound + points).properties(height=260)

"""What each dose of a calibration did: how often its texts show the concept, and how fluent they stay."""

import altair as alt
import pandas as pd

from ..steering.dose import MOST_PERPLEXITY, Calibration
from .encoding import named_colours, tooltip

_ROLES = {"chosen": "#e8590c", "tried at length": "#4c6ef5", "tried briefly": "#adb5bd"}


def dose_table(calibration: Calibration) -> pd.DataFrame:
    """One row per dose whose texts were read: the curve of a calibration."""
    chosen, long, brief = _ROLES
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
            "role": chosen if point.dose == calibration.dose else long if point.final else brief,
        }
        for point in calibration.curve
        if point.perplexity is not None
    ]
    return pd.DataFrame(rows)


def dose_chart(calibration: Calibration) -> alt.LayerChart:
    """Presence over perplexity, one point per dose; the line is the bound on perplexity (docs/method.md, section 9)."""
    roles = list(_ROLES)
    shares = alt.Axis(format=".0%"), alt.Scale(domain=[0, 1])
    told = tooltip(
        ("first layer:Q", ""), ("experts:Q", "", ",d"), ("strength:Q", "", ".2f"), ("queries and keys:N", ""),
        ("presence:Q", "", ".0%"), ("perplexity:Q", "", ".2f"), ("distinct-2:Q", "", ".2f"), ("texts:Q", "", "d"),
    )  # fmt: skip
    points = alt.Chart(dose_table(calibration)).mark_point(filled=True, size=110, opacity=0.85)
    doses = points.encode(
        x=alt.X("perplexity:Q", title="perplexity, times the originals'", scale=alt.Scale(zero=False)),
        y=alt.Y("presence:Q", title="texts that show the concept", axis=shares[0], scale=shares[1]),
        color=named_colours("role:N", roles, list(_ROLES.values())),
        shape=alt.Shape("role:N", title=None, scale=alt.Scale(domain=roles)),
        tooltip=told,
    )
    bound = alt.Chart(pd.DataFrame({"bound": [MOST_PERPLEXITY]})).mark_rule(strokeDash=[5, 4], opacity=0.6)
    return (bound.encode(x="bound:Q") + doses).properties(height=260)

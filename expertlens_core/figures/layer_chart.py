"""Where the experts sit: one bar per layer, attention and MLP stacked."""

from __future__ import annotations

import altair as alt
import pandas as pd

from .colours import KIND_NAMES, KINDS


def layer_chart(counts: pd.DataFrame, *, per_unit: bool = False) -> alt.Chart:
    """Stacked bars of experts over layers, split by kind (ACL Fig. 7).

    Args:
        counts: one row per (layer, kind) with columns ``layer, kind, experts, units, share``; share is
            experts / units there.
        per_unit: draw the share, side by side, in place of the raw count: shares of two kinds do not add up.
    """
    shown = counts.assign(kind=counts["kind"].map(KIND_NAMES))
    kinds = [name for key, name in KIND_NAMES.items() if key in set(counts["kind"])]
    colours = [KINDS[key] for key in KIND_NAMES if key in set(counts["kind"])]
    value = "share" if per_unit else "experts"
    title = "share of the units there" if per_unit else "experts"
    bars = alt.Chart(shown).mark_bar(cornerRadiusEnd=2)
    encoding = {
        "x": alt.X("layer:O", title="layer", axis=alt.Axis(labelAngle=0, labelOverlap=True)),
        "y": alt.Y(
            f"{value}:Q", title=title, axis=alt.Axis(format=".1%" if per_unit else ",d", tickMinStep=1)
        ),
        "color": alt.Color(
            "kind:N",
            title=None,
            scale=alt.Scale(domain=kinds, range=colours),
            legend=alt.Legend(orient="top"),
        ),
        "tooltip": [
            alt.Tooltip("layer:O", title="layer"),
            alt.Tooltip("kind:N", title="kind"),
            alt.Tooltip("experts:Q", title="experts", format=",d"),
            alt.Tooltip("units:Q", title="units there", format=",d"),
            alt.Tooltip("share:Q", title="share", format=".2%"),
        ],
    }
    if per_unit:
        encoding["xOffset"] = alt.XOffset("kind:N")
        encoding["y"] = alt.Y("share:Q", title=title, axis=alt.Axis(format=".1~%"))
    return bars.encode(**encoding).properties(height=300)

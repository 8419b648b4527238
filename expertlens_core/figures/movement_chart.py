"""How the values of steered units move: their distribution in the unsteered and in the steered model."""

import altair as alt
import numpy as np
import pandas as pd

from ..steering.effects import EDGES, Movement
from .encoding import named_colours, tooltip

_SIDES = {"before": "#868e96", "after": "#e8590c"}


def movement_table(found: Movement) -> pd.DataFrame:
    """One row per bin and side: where it begins and ends, in deviations, and the share of values in it."""
    rows = []
    for side in _SIDES:
        counts = getattr(found, side)
        shares = counts / max(1, counts.sum())
        rows += [
            {"side": side, "from": low, "to": high, "share": share}
            for low, high, share in zip(EDGES[:-1].tolist(), EDGES[1:].tolist(), np.asarray(shares).tolist())
        ]
    return pd.DataFrame(rows)


def movement_chart(found: Movement) -> alt.Chart:
    """Two distributions over each other; the outer bins hold what lies beyond them."""
    table = movement_table(found)
    used = table.loc[table["share"] > 0, "from"]
    if len(used):
        table = table[table["from"].between(used.min() - 0.5, used.max() + 0.5)]
    told = tooltip(("side:N", ""), ("from:Q", "", ".2f"), ("to:Q", "", ".2f"), ("share:Q", "", ".1%"))
    return (
        alt.Chart(table)
        .mark_area(opacity=0.45, interpolate="step-after", line=True)
        .encode(
            x=alt.X("from:Q", title="deviations from the unit's mean before"),
            y=alt.Y("share:Q", title="share of values", axis=alt.Axis(format="%"), stack=None),
            color=named_colours("side:N", list(_SIDES), list(_SIDES.values())),
            tooltip=told,
        )
        .properties(height=200)
    )

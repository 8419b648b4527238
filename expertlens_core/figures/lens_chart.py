"""Which concepts a text calls up: a bar a concept, beside sentences without it."""

import altair as alt
import pandas as pd

from .colours import CONCEPTS, REST

MOST = 12


def lens_chart(ranking: pd.DataFrame, shown: tuple[str, ...] = ()) -> alt.LayerChart:
    """The concepts that a text calls up most, and those that are shown.

    Args:
        ranking: a row a concept, the strongest first: ``concept``, ``deviations``, ``share of other sentences below``,
            ``share of its own sentences below``.
        shown: concepts in the colours that the text has for them; they are drawn whatever their place.
    """
    drawn = ranking[(ranking.index < MOST) | ranking["concept"].isin(shown)]
    colours = {name: CONCEPTS[number] for number, name in enumerate(shown)}
    names = list(drawn["concept"])
    base = alt.Chart(
        drawn.rename(
            columns={"share of other sentences below": "others", "share of its own sentences below": "own"}
        )
    )
    bars = base.mark_bar(cornerRadiusEnd=2).encode(
        y=alt.Y("concept:N", sort=names, title=None, axis=alt.Axis(labelOverlap=False)),
        x=alt.X(
            "deviations:Q",
            title="standard deviations above sentences without the concept",
            axis=alt.Axis(tickCount=6),
        ),
        color=alt.Color(
            "concept:N",
            legend=None,
            scale=alt.Scale(domain=names, range=[colours.get(name, REST) for name in names]),
        ),
        tooltip=[
            "concept:N",
            alt.Tooltip("deviations:Q", format=".1f"),
            alt.Tooltip("others:Q", format=".0%", title="of other sentences below"),
            alt.Tooltip("own:Q", format=".0%", title="of its own sentences below"),
        ],
    )
    line = alt.Chart(pd.DataFrame({"x": [2.0]})).mark_rule(strokeDash=[4, 3], color=REST).encode(x="x:Q")
    return alt.LayerChart(layer=[bars, line]).properties(height=24 * len(drawn) + 20)

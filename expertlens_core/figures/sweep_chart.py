"""A dose sweep: how often the concept shows against how fluent the texts stay, and over the strength; with controls."""

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

from ..steering.dose import LEAST_DISTINCT, MOST_PERPLEXITY, Dose
from ..steering.sweet_spot import SweepPoint
from .colours import CONCEPTS, PREVALENCE, REST
from .encoding import named_colours, tooltip

SHAPES = ("circle", "square", "triangle-up", "diamond", "triangle-down", "cross")
"""The second sign of a number of experts."""


def sweep_table(points: Sequence[SweepPoint], spot: Dose) -> pd.DataFrame:
    """One row per dose: what was steered, the controls at it, and whether it is the sweet spot.

    The perplexities and distinct-2 are multiples of the originals'; ``random lowest`` and ``random highest`` are those
    of the draws.
    """
    rows = []
    for number, point in enumerate(points):
        steered, dose = point.steered, point.steered.dose
        presence = [each.presence for each in point.random]
        rows.append(
            {
                "point": number, "experts": dose.experts, "strength": dose.strength, "texts": steered.texts,
                "presence": steered.presence, "perplexity": steered.perplexity, "distinct-2": steered.distinct,
                "within": steered.within, "sweet spot": dose == spot,
                "random": float(np.mean(presence)), "random lowest": min(presence), "random highest": max(presence),
                "random perplexity": float(np.mean([each.perplexity for each in point.random])),
                "random distinct-2": float(np.mean([each.distinct for each in point.random])),
                "other": point.other.presence, "other perplexity": point.other.perplexity,
                "other distinct-2": point.other.distinct,
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def sweep_chart(table: pd.DataFrame, original: float, *, selection: str | None = None) -> alt.LayerChart:
    """Presence over perplexity: a point per dose, a line through the strengths of each number of experts.

    Grey bars: the lowest to the highest of the random units' draws; grey diamonds: another concept's experts, at the
    perplexity of their own texts. The dashed line is the bound on perplexity, hollow points break a bound, and a ring
    marks the sweet spot.

    Args:
        table: of `sweep_table`.
        original: share of the unsteered texts that show the concept, at perplexity 1.
        selection: name of a click selection on the points (their ``point``); None adds none.
    """
    shown = _shown(table)
    x = alt.X("perplexity:Q", title="perplexity, times the originals'", scale=_SCALE)
    y = alt.Y("presence:Q", title="texts that show the concept", axis=alt.Axis(format=".0%"), scale=_SHARE)
    colour = _colour(shown)
    base = alt.Chart(shown)
    bound = alt.Chart(pd.DataFrame({"bound": [MOST_PERPLEXITY]})).mark_rule(strokeDash=[5, 4], color=REST)
    start = alt.Chart(pd.DataFrame({"perplexity": [1.0], "presence": [original], "what": ["unsteered"]}))
    points = _points(base, x, y, shown)
    if selection is not None:
        points = points.add_params(alt.selection_point(name=selection, fields=["point"], toggle=False))
    layers = [
        bound.encode(x="bound:Q"),
        base.mark_rule(strokeWidth=7, color=REST, opacity=0.35).encode(
            x=alt.X("random perplexity:Q", scale=_SCALE),
            y="random lowest:Q",
            y2="random highest:Q",
            tooltip=_TOLD,
        ),
        base.mark_tick(color=REST, thickness=2, size=9).encode(
            x="random perplexity:Q", y="random:Q", tooltip=_TOLD
        ),
        base.mark_point(shape="diamond", color=REST, size=60, strokeWidth=1.5).encode(
            x="other perplexity:Q", y="other:Q", tooltip=_TOLD
        ),
        start.mark_point(shape="cross", size=90, filled=True, color=REST).encode(
            x=x, y=y, tooltip=tooltip(("what:N", ""), ("presence:Q", "", ".0%"))
        ),
        base.mark_line(opacity=0.6).encode(x=x, y=y, color=colour, order="strength:Q"),
        _ring(base, x, y),
        points,
    ]
    return alt.LayerChart(layer=layers).properties(height=400)


def strength_chart(table: pd.DataFrame, original: float) -> alt.LayerChart:
    """Presence over strength, a colour for each number of experts: steered, the band of random units, another concept.

    Args:
        table: of `sweep_table`.
        original: share of the unsteered texts that show the concept, a thin line.
    """
    shown = _shown(table)
    base = alt.Chart(shown)
    strengths = alt.Axis(values=sorted(set(table["strength"])), format="~g")
    x = alt.X("strength:Q", title="strength", axis=strengths, scale=alt.Scale(nice=False, padding=12))
    y = alt.Y("presence:Q", title="texts that show the concept", axis=alt.Axis(format=".0%"), scale=_SHARE)
    colour = _colour(shown)
    start = alt.Chart(pd.DataFrame({"original": [original]})).mark_rule(color=REST)
    layers = [
        base.mark_area(opacity=0.18).encode(x=x, y="random lowest:Q", y2="random highest:Q", color=colour),
        base.mark_line(strokeDash=[2, 4], opacity=0.8).encode(x=x, y="other:Q", color=colour),
        start.encode(y="original:Q"),
        base.mark_line(strokeWidth=2.5).encode(x=x, y=y, color=colour),
        _points(base, x, y, shown),
        _ring(base, x, y),
    ]
    return alt.LayerChart(layer=layers).properties(height=300)


_SCALE = alt.Scale(type="log", nice=False, padding=18)
_SHARE = alt.Scale(domain=[0, 1])
_TOLD = tooltip(
    ("experts:Q", "", ",d"), ("strength:Q", "", ".2f"), ("presence:Q", "", ".0%"),
    ("random lowest:Q", "random units from", ".0%"), ("random highest:Q", "to", ".0%"),
    ("other:Q", "another concept", ".0%"), ("perplexity:Q", "perplexity, times", ".2f"),
    ("random perplexity:Q", "of random units", ".2f"), ("distinct-2:Q", "distinct-2, times", ".2f"),
    ("texts:Q", "texts", "d"),
)  # fmt: skip


def bounds() -> str:
    """The bounds in words."""
    return (
        f"at most {MOST_PERPLEXITY:g} times the originals' median perplexity and at least {LEAST_DISTINCT:g} times "
        "their distinct-2"
    )


def _shown(table: pd.DataFrame) -> pd.DataFrame:
    many = [f"{experts:,} experts" for experts in table["experts"]]
    colours = {name: CONCEPTS[i % len(CONCEPTS)] for i, name in enumerate(dict.fromkeys(many))}
    filled = [colours[name] if within else "transparent" for name, within in zip(many, table["within"])]
    told = [
        f"{name} at strength {strength:g}: {presence:.0%} at {perplexity:.2f} times the perplexity"
        for name, strength, presence, perplexity in zip(
            many, table["strength"], table["presence"], table["perplexity"]
        )
    ]
    return table.assign(many=many, filled=filled, told=told)


def _points(base: alt.Chart, x: alt.X, y: alt.Y, shown: pd.DataFrame) -> alt.Chart:
    """A point per dose; hollow ones break a bound."""
    many = _numbers(shown)
    shapes = [SHAPES[number % len(SHAPES)] for number in range(len(many))]
    return base.mark_point(size=110, strokeWidth=2, opacity=0.95).encode(
        x=x,
        y=y,
        color=_colour(shown),
        shape=alt.Shape(
            "many:N",
            title=None,
            scale=alt.Scale(domain=many, range=shapes),
            legend=alt.Legend(orient="top", symbolFillColor="transparent", symbolOpacity=1),
        ),
        fill=alt.Fill("filled:N", scale=None),
        description="told:N",
        tooltip=_TOLD,
    )


def _ring(base: alt.Chart, x: alt.X, y: alt.Y) -> alt.Chart:
    """Around the sweet spot."""
    ring = base.mark_point(shape="circle", size=480, strokeWidth=3, color=PREVALENCE, opacity=1)
    return ring.encode(x=x, y=y, tooltip=_TOLD).transform_filter("datum['sweet spot']")


def _numbers(shown: pd.DataFrame) -> list[str]:
    return list(dict.fromkeys(shown["many"]))


def _colour(shown: pd.DataFrame) -> alt.Color:
    names = _numbers(shown)
    colours = [CONCEPTS[number % len(CONCEPTS)] for number in range(len(names))]
    return named_colours("many:N", names, colours, symbolOpacity=1, symbolFillColor="transparent")

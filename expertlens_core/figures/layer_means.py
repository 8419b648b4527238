"""Where the experts of a library sit: averages over concepts by layer, kind, module and tau; models side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import altair as alt
import numpy as np
import pandas as pd

from ..analysis.layer_profile import Part
from ..models.label import model_label
from .colours import CONCEPTS, DASHES, KIND_NAMES
from .encoding import named_colours, tooltip
from .layer_chart import module_name
from .text import printable

if TYPE_CHECKING:
    from ..pipeline.finding.layers import Layers

HEIGHT = 320
"""Pixels of a chart with two rows of names above it."""


def layer_means_table(found: Sequence[Layers], part: Part) -> pd.DataFrame:
    """One row per model, group, tau and place.

    Columns ``model, group, series, tau, layer, depth, kind, module, part, units, experts, low, high, share, share low,
    share high, of all``: experts of a mean concept with their 95 % interval, the same divided by the units there, and
    the share of the group's experts that sit there. ``depth`` is the layer from 0 (first) to 1 (last).
    """
    tables = []
    several, names = len({each.label for each in found}) > 1, model_names(found)
    for each, model in zip(found, names):
        profile = each.profile(part)
        deepest = max(1, each.layers - 1)
        for (t, tau), (g, group) in (
            (a, b) for a in enumerate(each.taus) for b in enumerate(each.group_names)
        ):
            mean, low, high = (getattr(profile, name)[t, g] for name in ("mean", "low", "high"))
            total, name = mean.sum(), printable(group)
            tables.append(
                pd.DataFrame(
                    {
                        "model": model,
                        "group": name,
                        "series": f"{model}: {name}" if several else name,
                        "tau": tau,
                        "layer": [place.layer for place in profile.places],
                        "depth": [place.layer / deepest for place in profile.places],
                        "kind": [KIND_NAMES[place.kind] for place in profile.places],
                        "module": [place.module for place in profile.places],
                        "part": [module_name(place.module, place.kind) for place in profile.places],
                        "units": profile.units,
                        "experts": mean,
                        "low": low,
                        "high": high,
                        "share": mean / profile.units,
                        "share low": low / profile.units,
                        "share high": high / profile.units,
                        "of all": mean / total if total else np.nan,
                    }
                )
            )
    return pd.concat(tables, ignore_index=True)


def model_names(found: Sequence[Layers]) -> list[str]:
    """What to call each model: short, unless two would be called the same."""
    short = [printable(model_label(each.label)) for each in found]
    return (
        short
        if len(set(short)) == len({each.label for each in found})
        else [printable(e.label) for e in found]
    )


def layer_means_chart(table: pd.DataFrame, *, per_unit: bool = True) -> alt.LayerChart:
    """Experts of a mean concept by layer, a line per group or model, with 95 % bands.

    Args:
        table: of `layer_means_table` by kind, of one kind at one tau.
        per_unit: divided by the number of units of that kind in the layer.
    """
    series = list(dict.fromkeys(table["series"]))
    value, low, high = ("share", "share low", "share high") if per_unit else ("experts", "low", "high")
    title = "share of the units there" if per_unit else "experts"
    colour = _series_colours(series)
    dash = alt.StrokeDash(
        "series:N", title=None, scale=alt.Scale(domain=series, range=_dashes(len(series))),
        legend=alt.Legend(orient="top", columns=_columns(series), labelLimit=420, symbolOpacity=1),
    )  # fmt: skip
    x, base = _x(table), alt.Chart(table)
    y = alt.Y(f"{value}:Q", title=title, axis=alt.Axis(format=".2~%" if per_unit else ",.2~f", tickCount=4))
    band = base.mark_area(opacity=0.18).encode(x=x, y=f"{low}:Q", y2=f"{high}:Q", color=colour)
    line = base.mark_line(strokeWidth=2).encode(x=x, y=y, color=colour, strokeDash=dash)
    points = base.mark_point(filled=True, size=28, opacity=1).encode(x=x, y=y, color=colour, tooltip=_told())
    return alt.LayerChart(layer=[band, line, points]).properties(height=_height(series))


def tau_shift_chart(table: pd.DataFrame) -> alt.LayerChart:
    """Which share of the experts sits in each layer, a line per tau: does the layer move?

    Args:
        table: of `layer_means_table` by kind, of one kind, model and group.

    The lines of one tau add up to 100 % over all kinds. Source: paper v4, appendices H.2 and H.3.
    """
    colour = alt.Color(
        "tau:O", title="tau", scale=alt.Scale(domain=sorted(set(table["tau"])), scheme="viridis"),
        legend=alt.Legend(orient="top", symbolOpacity=1),
    )  # fmt: skip
    base = alt.Chart(table.dropna(subset=["of all"])).encode(
        x=_x(table),
        y=alt.Y("of all:Q", title="share of the experts", axis=alt.Axis(format=".2~%", tickCount=4)),
        color=colour,
        tooltip=_told(),
    )
    marks = [base.mark_line(strokeWidth=2), base.mark_point(filled=True, size=28, opacity=1)]
    return alt.LayerChart(layer=marks).properties(height=HEIGHT)


def module_means_chart(table: pd.DataFrame, *, per_unit: bool = True) -> alt.VConcatChart:
    """Experts of a mean concept in every module of every layer, a strip per tau with a colour scale of its own.

    Args:
        table: of `layer_means_table` by module, of one model and group.
        per_unit: divided by the number of units of the module.
    """
    parts = list(dict.fromkeys(table["part"]))
    value, title = ("share", "of its units") if per_unit else ("experts", "experts")
    names = alt.Axis(labelLimit=110, labelOverlap=False, labelFontSize=10, ticks=False)
    strips = []
    taus = list(dict.fromkeys(table["tau"]))
    for number, tau in enumerate(taus, 1):
        rows = table[table["tau"] == tau]
        last = number == len(taus)
        layer = alt.X(
            "layer:O", title="layer" if last else None,
            axis=alt.Axis(labelAngle=0, labelOverlap=True, labels=last, ticks=False),
        )  # fmt: skip
        legend = alt.Legend(
            orient="right", format=".2~%" if per_unit else ",.2~f", gradientLength=70, titleLimit=90
        )
        top = float(rows[value].max()) or 1.0
        scale = alt.Scale(scheme="viridis", type="sqrt", domain=[0, top])
        cells = alt.Chart(rows).mark_rect(stroke=None)
        drawn = cells.encode(
            x=layer,
            y=alt.Y("part:N", title=None, sort=parts, axis=names),
            color=alt.Color(f"{value}:Q", title=title, scale=scale, legend=legend),
            tooltip=_told(),
        )
        heading = alt.Title(f"AP above {tau:.2f}", anchor="start", fontSize=13, offset=6)
        strips.append(drawn.properties(height=18 * len(parts), title=heading))
    return alt.vconcat(*strips).resolve_scale(color="independent")


def depth_table(found: Sequence[Layers]) -> pd.DataFrame:
    """One row per model, group, kind and tau.

    Columns ``model, group, series, kind, tau, layer, low, high, early, early low, early high, concepts``: mean layer of
    the experts, and the share of them in the first third of the layers.
    """
    several = len({each.label for each in found}) > 1
    rows = [
        (
            model, printable(depth.group), printable(f"{model}: {depth.group}" if several else depth.group),
            KIND_NAMES.get(depth.kind, "all units"), depth.tau, depth.layer, depth.low, depth.high, depth.early,
            depth.early_low, depth.early_high, depth.concepts,
        )
        for each, model in zip(found, model_names(found))
        for depth in each.depths
    ]  # fmt: skip
    columns = ["model", "group", "series", "kind", "tau", "layer", "low", "high", "early", "early low", "early high",
               "concepts"]  # fmt: skip
    return pd.DataFrame(rows, columns=columns)


def depth_chart(table: pd.DataFrame) -> alt.LayerChart:
    """Mean layer of the experts over tau with 95 % bands, a line per series.

    Args:
        table: of `depth_table`, of one kind.
    """
    shown = table.dropna(subset=["layer"])
    series = list(dict.fromkeys(shown["series"]))
    colour = _series_colours(series)
    taus = sorted(set(shown["tau"]))
    x = alt.X("tau:Q", axis=alt.Axis(values=taus, format=".2~f"), scale=alt.Scale(nice=False, padding=12))
    base = alt.Chart(shown)
    told = tooltip(
        ("series:N", ""), ("kind:N", ""), ("tau:Q", "", ".2f"), ("layer:Q", "mean layer", ".1f"),
        ("low:Q", "95 % from", ".1f"), ("high:Q", "to", ".1f"),
        ("early:Q", "in the first third", ".0%"), ("concepts:Q", "", ",d"),
    )  # fmt: skip
    band = base.mark_area(opacity=0.18).encode(x=x, y="low:Q", y2="high:Q", color=colour)
    y = alt.Y("layer:Q", title="mean layer of the experts")
    line = base.mark_line(strokeWidth=2).encode(x=x, y=y, color=colour)
    points = base.mark_point(filled=True, size=55, opacity=1).encode(x=x, y=y, color=colour, tooltip=told)
    return alt.LayerChart(layer=[band, line, points]).properties(height=_height(series))


def _x(table: pd.DataFrame) -> alt.X:
    """By layer; by depth where models have different numbers of layers."""
    if table.groupby("model")["layer"].max().nunique() > 1:
        return alt.X("depth:Q", title="depth, first layer to last", axis=alt.Axis(format=".0%"))
    layers = int(table["layer"].max())
    axis = alt.Axis(labelAngle=0, labelOverlap=True, tickMinStep=1, tickCount=min(layers + 1, 10), format="d")
    scale = alt.Scale(domain=[0, max(1, layers)], nice=False)
    return alt.X("layer:Q", title="layer", axis=axis, scale=scale)


def _told() -> list[alt.Tooltip]:
    return tooltip(
        ("series:N", ""), ("tau:Q", "", ".2f"), ("layer:Q", "", "d"), ("part:N", ""),
        ("experts:Q", "experts, mean", ",.2f"), ("low:Q", "95 % from", ",.2f"), ("high:Q", "to", ",.2f"),
        ("units:Q", "units there", ",d"),
        ("share:Q", "of its units", ".3%"), ("of all:Q", "of all experts", ".2%"),
    )  # fmt: skip


def _series_colours(series: Sequence[str]) -> alt.Color:
    colours = [CONCEPTS[number % len(CONCEPTS)] for number in range(len(series))]
    return named_colours(
        "series:N", list(series), colours, columns=_columns(series), labelLimit=420, symbolOpacity=1
    )


def _height(series: Sequence[str]) -> int:
    """On a page the names above a chart take from its height."""
    return HEIGHT + 24 * max(0, -(-len(series) // _columns(series)) - 2)


def _columns(series: Sequence[str]) -> int:
    """Of the legend: two of long names would be cut on a telephone."""
    return 2 if max(map(len, series), default=0) <= 20 else 1


def _dashes(count: int) -> list[list[int]]:
    return [list(DASHES[number % len(DASHES)]) for number in range(count)]

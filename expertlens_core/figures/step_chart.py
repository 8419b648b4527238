"""Lines over training steps: a panel below the other, a colour for each series, random weights as a dashed line."""

from collections.abc import Callable, Sequence
from functools import partial

import altair as alt
import numpy as np
import pandas as pd

from .colours import CONCEPTS
from .encoding import named_colours, tooltip
from .step_table import CHANCE, MEASURED, PAPER

HEIGHT = 120
_DASHES = {MEASURED: [1, 0], CHANCE: [2, 3], PAPER: [7, 3]}
_SHORT = "datum.value >= 1000 ? format(datum.value / 1000, '~g') + 'k' : format(datum.value, 'd')"
_POINTS = {MEASURED: "circle", CHANCE: "triangle-up", PAPER: "square"}


def step_chart(
    table: pd.DataFrame, title: str, *, form: str = "~g", constant: float | None = None, zero: bool = False
) -> alt.VConcatChart:
    """Values over steps with their intervals, one panel below the other, on the same steps.

    Steps stand on a logarithmic axis that has room for 0. Where a trained checkpoint has no step, the axis holds
    their names in order instead.

    Args:
        table: of `step_table`; at least one row.
        title: of the vertical axes.
        form: d3 format of the values.
        constant: makes the vertical axis logarithmic above this value, the same in all panels; None: linear, each
            its own.
        zero: whether linear axes hold 0.
    """
    trained = ~table["random"]
    by_step = bool(trained.any() and table.loc[trained, "step"].notna().all())
    shown = table.assign(
        step=table["step"].astype(float), band=np.where(table["random"], "random weights", table["kind"])
    )
    one = table["series"].nunique() == 1
    shown["label"] = [
        name.removeprefix(series).lstrip("/@") or name if one else name
        for name, series in zip(table["checkpoint"], table["series"])
    ]
    names = list(dict.fromkeys(shown["label"]))
    panels = list(dict.fromkeys(table["panel"]))
    scale, axis = _value_axis(table, form, constant, zero)
    charts = []
    for number, panel in enumerate(panels, 1):
        rows, last = shown[shown["panel"] == panel], number == len(panels)
        y = partial(alt.Y, title=title, scale=scale, axis=axis)  # the same of all layers, or they are merged
        x = _step_axis(table, names, by_step, last)
        drawn = alt.LayerChart(layer=_layers(rows, table, by_step, x, y, form))
        heading = alt.Title(panel, anchor="start", fontSize=13, offset=6)
        charts.append(drawn.properties(height=HEIGHT, title=heading))
    return alt.vconcat(*charts)


def _layers(
    rows: pd.DataFrame, table: pd.DataFrame, by_step: bool, x: alt.X, y: Callable[[str], alt.Y], form: str
) -> list[alt.Chart]:
    """What a panel draws: intervals, lines, points, and the level of random weights."""
    on_axis = rows[~rows["random"]] if by_step else rows
    series = list(dict.fromkeys(table["series"]))
    colour = named_colours(
        "series:N", series, [CONCEPTS[i % len(CONCEPTS)] for i in range(len(series))], labelLimit=260,
        columns=1,
    )  # fmt: skip
    kinds = [kind for kind in _DASHES if kind in set(table["kind"])]
    legend = alt.Legend(orient="top", columns=1) if len(kinds) > 1 else None
    dash = alt.StrokeDash(
        "kind:N", title=None, legend=legend, scale=alt.Scale(domain=kinds, range=[_DASHES[k] for k in kinds])
    )
    shape = alt.Shape(
        "kind:N", title=None, legend=legend, scale=alt.Scale(domain=kinds, range=[_POINTS[k] for k in kinds])
    )
    told = tooltip(
        ("checkpoint:N", ""), ("kind:N", ""), ("value:Q", "", form), ("low:Q", "from", form), ("high:Q", "to", form)
    )  # fmt: skip
    base = alt.Chart(on_axis).encode(x=x, y=y("value:Q"), color=colour)
    layers = [
        base.mark_rule(strokeWidth=2, opacity=0.7).encode(y=y("low:Q"), y2="high:Q"),
        base.mark_line(strokeWidth=2).encode(strokeDash=dash, detail=["kind:N", "random:N"]),
        base.mark_point(filled=True, size=60, opacity=1).encode(shape=shape, tooltip=told),
    ]
    if by_step and rows["random"].any():
        still = alt.Chart(rows[rows["random"] & (rows["kind"] == MEASURED)])
        rule = still.mark_rule(strokeDash=[4, 4], strokeWidth=2).encode(
            y=y("value:Q"), color=colour, tooltip=told
        )
        layers.insert(0, rule)
    return layers


def _step_axis(table: pd.DataFrame, names: Sequence[str], by_step: bool, last: bool) -> alt.X:
    if not by_step:
        short = alt.Axis(labelAngle=-30, labelLimit=160, labels=last, ticks=False)
        return alt.X("label:O", sort=list(names), title=None, axis=short)
    steps = sorted({int(step) for step in table["step"].dropna()})
    return alt.X(
        "step:Q",
        title="training step" if last else None,
        scale=alt.Scale(type="symlog", constant=1, nice=False, padding=14),
        axis=alt.Axis(values=steps, labelExpr=_SHORT, labelOverlap=True, labels=last, grid=True),
    )


def _value_axis(
    table: pd.DataFrame, form: str, constant: float | None, zero: bool
) -> tuple[alt.Scale, alt.Axis]:
    if constant is None:
        return alt.Scale(zero=zero, padding=8), alt.Axis(format=form, tickCount=4)
    top = float(np.nanmax([table["value"].max(), table["high"].max(), constant]))
    ticks, tick = (
        [0.0],
        constant if top < 20 * constant else 10 * constant,
    )  # two labels would lie on each other
    while tick <= top * 1.001:
        ticks.append(tick)
        tick *= 10
    scale = alt.Scale(type="symlog", constant=constant, domain=[0, top * 1.15], nice=False)
    return scale, alt.Axis(values=ticks, format=form, labelOverlap=False)

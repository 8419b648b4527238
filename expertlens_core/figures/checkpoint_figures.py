"""The figures of a series of checkpoints, each with its numbers, words and files; for pages and the report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import altair as alt
import pandas as pd

from .colours import KIND_NAMES, REST
from .encoding import named_colours, tooltip
from .figure import Figure
from .step_chart import step_chart
from .step_table import (
    accuracy_table,
    alignment_table,
    domain_step_table,
    kept_table,
    layer_table,
    size_table,
)
from .text import caption

if TYPE_CHECKING:
    from ..analysis.accuracy_match import Matched
    from ..analysis.checkpoint_series import CheckpointSeries

_EARLY, _MIDDLE, _LATE = (240, 140, 0), (194, 85, 143), (76, 110, 245)
"""Colours of the first, middle and last checkpoint: each stands out from a light and from a dark page."""


def series_lines(series: CheckpointSeries, *notes: str) -> tuple[str, ...]:
    """Where the figures come from, as `caption` tells it."""
    if not series.results:
        return ()
    about = dict(series.results[0].about)
    about |= {"model": "", "revision": "", "request": about["request"] | {"revision": ""}}
    count = len(series.results)
    told = f"{count} checkpoint{'' if count == 1 else 's'} of {', '.join(series.series)}"
    return caption(about, note=" · ".join(filter(None, (told, *notes))))


def size_figure(
    series: CheckpointSeries, *, per_unit: bool = False, without_token_only: bool = False
) -> Figure:
    """Size of expert sets by tau over steps, raw or divided by the units of the model. Paper v4, figures 5 and 10."""
    table = size_table(series, per_unit=per_unit, without_token_only=without_token_only)
    fewest = min((each.counts.units.count for each in series.results), default=1)
    look = (
        {"form": ".2~%", "constant": 10.0 ** -len(str(fewest))}
        if per_unit
        else {"form": ",.6~g", "constant": 1.0}
    )
    return _figure(
        series,
        step_chart(table, "experts / units" if per_unit else "experts", **look),  # type: ignore[arg-type]
        table,
        "Size of expert sets over training" + ", per unit" * per_unit,
        "Mean number of experts of a concept at each checkpoint, by tau.",
        _outside(without_token_only),
    )


def kept_figure(series: CheckpointSeries) -> Figure:
    """Jaccard of a concept's experts with those of the checkpoint before. Paper v4, figure 6."""
    table = kept_table(series)
    return _figure(
        series,
        step_chart(table, "Jaccard", form=".3~g", zero=True),
        table,
        "Experts kept since the checkpoint before",
        "Overlap of the same concept's experts at successive checkpoints, by tau.",
        _outside(series.without_token_only),
    )


def alignment_figure(series: CheckpointSeries, judgments: str, *, by_measure: bool = False) -> Figure:
    """Rho with people over steps: Jaccard by tau, or every measure and baseline. Paper v4, figures 2, 3, 11, 12."""
    table = alignment_table(series, by_measure=by_measure)
    return _figure(
        series,
        step_chart(table, "rho", form=".2f"),
        table,
        f"Agreement with people ({judgments}) over training, by {'measure' if by_measure else 'tau'}",
        "Spearman's rho of similarities with judgments at each checkpoint.",
        _outside(series.without_token_only),
    )


def domain_step_figure(series: CheckpointSeries) -> Figure:
    """What domains share over steps, beside random groups and the paper's table 2."""
    table = domain_step_table(series)
    return _figure(
        series,
        step_chart(table, "%", form=".2~f", zero=True),
        table,
        "What domains share over training",
        "Mean percent of experts shared by all of a domain, and of these with its broader concept, by checkpoint.",
        _outside(series.without_token_only),
    )


def accuracy_figure(series: CheckpointSeries, matched: Sequence[Matched], tau: float) -> Figure:
    """Accuracy on tasks over steps, and agreement with people below it. ACL submission, appendix G."""
    table = accuracy_table(series, matched, tau)
    return _figure(
        series,
        step_chart(table, "", form=".2f"),
        table,
        "Accuracy and agreement with people over training",
        "Mean accuracy of the checkpoints on tasks, above their agreement with people.",
        "intervals of the accuracy are one standard error",
    )


def checkpoint_layer_figure(
    series: CheckpointSeries,
    named: str,
    tau: float,
    *,
    per_unit: bool = True,
    without_token_only: bool = False,
) -> Figure:
    """Mean experts over layers, a line for each checkpoint of one series. Paper v4, appendix H."""
    every = layer_table(series, tau, without_token_only=without_token_only)
    table = every[every["series"] == named].reset_index(drop=True)
    names = list(dict.fromkeys(table["checkpoint"]))
    drawn = table.assign(part=[KIND_NAMES[kind] for kind in table["kind"]])
    colours = _along(table)
    value, title = ("share", "share of the units there") if per_unit else ("experts", "experts")
    form = ".2~%" if per_unit else ",.3~g"
    parts, charts = list(dict.fromkeys(drawn["part"])), []
    for number, part in enumerate(parts, 1):
        last = number == len(parts)
        base = alt.Chart(drawn[drawn["part"] == part]).encode(
            x=alt.X(
                "layer:O", title="layer" if last else None,
                axis=alt.Axis(labelAngle=0, labelOverlap=True, labels=last, ticks=False),
            ),
            y=alt.Y(f"{value}:Q", title=title, axis=alt.Axis(format=form, tickCount=4)),
            color=named_colours("checkpoint:N", names, colours, labelLimit=260, columns=2),
            strokeDash=alt.StrokeDash(
                "random:N", legend=None, scale=alt.Scale(domain=[False, True], range=[[1, 0], [4, 3]])
            ),
            detail="checkpoint:N",
            tooltip=tooltip(
                ("checkpoint:N", ""), ("layer:O", ""), ("experts:Q", "mean experts", ",.2f"),
                ("units:Q", "units there", ",d"), ("share:Q", "", ".3%"),
            ),
        )  # fmt: skip
        lines = base.mark_line(strokeWidth=2, point=alt.OverlayMarkDef(filled=True, size=40))
        charts.append(
            lines.properties(height=170, title=alt.Title(part, anchor="start", fontSize=13, offset=6))
        )
    return _figure(
        series,
        alt.vconcat(*charts),
        table,
        f"Experts by layer over training: {named}",
        f"Mean experts of a concept in each layer, a line for each checkpoint of {named}.",
        f"tau {tau:.2f}",
        _outside(without_token_only),
    )


def _figure(
    series: CheckpointSeries,
    chart: alt.TopLevelMixin,
    table: pd.DataFrame,
    title: str,
    alt_text: str,
    *notes: str,
) -> Figure:
    return Figure(chart, table, title, alt_text, title.lower(), series_lines(series, *notes))


def _outside(without_token_only: bool) -> str:
    return "without token-only modules" if without_token_only else ""


def _along(table: pd.DataFrame) -> list[str]:
    """A colour for each checkpoint, in order of training; grey for random weights."""
    random = table.drop_duplicates("checkpoint")["random"].tolist()
    trained, colours, seen = max(1, len(random) - sum(random) - 1), [], 0
    for drawn in random:
        if drawn:
            colours.append(REST)
            continue
        place = 2 * seen / trained if len(random) - sum(random) > 1 else 2.0
        first, second = (_EARLY, _MIDDLE) if place <= 1 else (_MIDDLE, _LATE)
        share = place if place <= 1 else place - 1
        mixed = (round(a + (b - a) * share) for a, b in zip(first, second))
        colours.append("#" + "".join(f"{value:02x}" for value in mixed))
        seen += 1
    return colours

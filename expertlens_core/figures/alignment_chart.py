"""Agreement with people as charts and tables: rows with intervals, and the pairs behind one row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import altair as alt
import numpy as np
import pandas as pd

from ..analysis.alignment import Alignment, AlignmentTable
from .colours import CONCEPTS, REST
from .printable import printable

GROUPS = {"experts": "#4c6ef5", "baseline": "#f08c00", "kind": "#2f9e44", "layer": "#0c8599"}
"""Group of rows → colour; any other group, such as a model's name, takes those of compared concepts."""
ROW = 24
"""Height of a row, pixels: every label has room."""
POINTS = 3000
"""Pairs up to which each is a point."""
BINS = 40


def alignment_frame(groups: Mapping[str, Sequence[Alignment]]) -> pd.DataFrame:
    """Rows of all groups: ``group, measure, rho, ci low, ci high, p, test, pairs, pairs missing, AUROC``.

    Args:
        groups: ``"experts"``, ``"baseline"``, ``"kind"``, ``"layer"`` → rows.
    """
    return pd.DataFrame(
        [
            {
                "group": group,
                "measure": printable(row.label),
                "rho": row.rho,
                "ci low": row.ci_low,
                "ci high": row.ci_high,
                "p": row.p,
                "test": row.test,
                "pairs": row.pairs,
                "pairs missing": row.pairs_missing,
                "AUROC": np.nan if row.auroc is None else row.auroc,
            }
            for group, rows in groups.items()
            for row in rows
        ]
    )


def alignment_chart(frame: pd.DataFrame, *, ceiling: float | None = None) -> alt.LayerChart:
    """Rho of each row with its 95 % interval, and the agreement of people as a line.

    A divergence (kl) is drawn with its sign turned, so that right means closer to people everywhere.

    Args:
        frame: of `alignment_frame`.
        ceiling: rho of human raters on the same pairs; None leaves the line out.
    """
    turned = frame["measure"].str.match(r"kl\b")
    sign = np.where(turned, -1.0, 1.0)
    ends = np.sort(np.stack([frame["ci low"] * sign, frame["ci high"] * sign]), axis=0)
    shown = frame.assign(
        rho=frame["rho"] * sign,
        low=ends[0],
        high=ends[1],
        row=frame["measure"].where(~turned, frame["measure"] + ", sign turned"),
    ).dropna(subset=["rho"])
    order = alt.Y(
        "row:N", sort=list(shown["row"]), title=None, axis=alt.Axis(labelLimit=260, labelOverlap=False)
    )
    groups = list(dict.fromkeys(shown["group"]))
    others = [group for group in groups if group not in GROUPS]
    colours = [GROUPS.get(g) or CONCEPTS[others.index(g) % len(CONCEPTS)] for g in groups]
    colour = alt.Color(
        "group:N",
        title=None,
        scale=alt.Scale(domain=groups, range=colours),
        legend=alt.Legend(orient="top", labelLimit=260, columns=1 if others else 0),
    )
    tooltip = [
        alt.Tooltip("row:N", title="measure"),
        alt.Tooltip("rho:Q", format=".3f"),
        alt.Tooltip("low:Q", title="95 % from", format=".3f"),
        alt.Tooltip("high:Q", title="to", format=".3f"),
        alt.Tooltip("p:Q", format=".4f"),
        alt.Tooltip("pairs:Q", format=",d"),
    ]
    spans = (
        alt.Chart(shown)
        .mark_rule(strokeWidth=2)
        .encode(
            y=order,
            x=alt.X("low:Q", title="Spearman's rho with people", axis=alt.Axis(tickCount=6)),
            x2="high:Q",
            color=colour,
        )
    )
    points = alt.Chart(shown).mark_point(filled=True, size=60, opacity=1)
    layers: list[alt.Chart] = [spans, points.encode(y=order, x="rho:Q", color=colour, tooltip=tooltip)]
    if ceiling is not None:
        line = pd.DataFrame({"rho": [ceiling], "what": ["two raters' mean with the judgments"]})
        rule = alt.Chart(line).mark_rule(strokeDash=[4, 3], strokeWidth=2, color=REST)
        layers.append(rule.encode(x="rho:Q", tooltip=["what:N", alt.Tooltip("rho:Q", format=".3f")]))
    return alt.LayerChart(layer=layers).properties(height=ROW * max(1, len(shown)))


def pair_frame(table: AlignmentTable, label: str) -> pd.DataFrame:
    """The pairs behind one row: ``first, second, human, similarity``."""
    row = table.row(label)
    return pd.DataFrame(
        {
            "first": [printable(first) for first, _ in table.pairs],
            "second": [printable(second) for _, second in table.pairs],
            "human": table.human,
            "similarity": table.values[row],
        }
    )


def pair_chart(table: AlignmentTable, label: str, *, selection: str | None = None) -> alt.Chart:
    """Judgment against similarity: a point per pair, or counts in bins where there are very many.

    Args:
        table: of `align`.
        label: which row.
        selection: name of a click selection on the points (a pair's ``first`` and ``second``); None adds none.
    """
    frame = pair_frame(table, label)
    human, similarity = (
        alt.X("human:Q", title=f"people ({printable(table.judgments)})"),
        alt.Y("similarity:Q", title=printable(label)),
    )
    if len(frame) > POINTS:
        counts, x, y = np.histogram2d(frame["human"], frame["similarity"], bins=BINS)
        columns, rows = np.nonzero(counts)
        bins = pd.DataFrame(
            {
                "human": x[columns], "human to": x[columns + 1],
                "similarity": y[rows], "similarity to": y[rows + 1],
                "pairs": counts[columns, rows],
            }
        )  # fmt: skip
        return (
            alt.Chart(bins)
            .mark_rect()
            .encode(
                x=human,
                x2="human to:Q",
                y=similarity,
                y2="similarity to:Q",
                color=alt.Color("pairs:Q", scale=alt.Scale(type="log", scheme="blues")),
                tooltip=[alt.Tooltip("pairs:Q", format=",d")],
            )
            .properties(height=420)
        )
    points = (
        alt.Chart(frame)
        .mark_point(filled=True, size=45, opacity=0.55, color=GROUPS["experts"])
        .encode(
            x=human,
            y=similarity,
            tooltip=[
                "first:N",
                "second:N",
                alt.Tooltip("human:Q", format=".2f"),
                alt.Tooltip("similarity:Q", format=".3f"),
            ],
        )
        .properties(height=420)
    )
    if selection is not None:
        points = points.add_params(alt.selection_point(name=selection, fields=["first", "second"]))
    return points

"""Stability as a chart and a table: agreement of expert sets by the number of sentences, beside two concepts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
import pandas as pd

from .colours import CONCEPTS, REST
from .encoding import named_colours, tooltip

if TYPE_CHECKING:
    from ..analysis.stability_result import Stability

NAMES = {
    ("within", "all"): "other sentences",
    ("within", "facts"): "facts only",
    ("within", "stories"): "stories only",
    ("between", "facts and stories"): "facts against stories",
    ("across", "all"): "two concepts",
    ("across", "facts"): "two concepts, facts",
    ("across", "stories"): "two concepts, stories",
}
"""Comparison and source → what a reader sees."""
_COLOURS = (CONCEPTS[0], CONCEPTS[1], CONCEPTS[2], CONCEPTS[5], REST, "#6c757d", "#495057")
_SHAPES = ("circle", "square", "triangle-up", "diamond", "cross", "cross", "cross")


def stability_table(found: Stability) -> pd.DataFrame:
    """One row per comparison, sizes and tau; the first column is what a reader sees (`NAMES`)."""
    columns = {
        "what": [NAMES[row.compared, row.source] for row in found.rows],
        "sentences": [row.positives for row in found.rows],
        "negatives": [row.negatives for row in found.rows],
        "tau": [row.tau for row in found.rows],
        "jaccard": [row.jaccard for row in found.rows],
        "low": [row.low for row in found.rows],
        "high": [row.high for row in found.rows],
        "groups": [row.groups for row in found.rows],
        "folds": [row.folds for row in found.rows],
        "pairs": [row.pairs for row in found.rows],
        "empty": [row.empty for row in found.rows],
        "shared positives": [row.shared_positives for row in found.rows],
        "shared negatives": [row.shared_negatives for row in found.rows],
        "experts": [row.experts for row in found.rows],
        "experts low": [row.experts_low for row in found.rows],
        "experts high": [row.experts_high for row in found.rows],
        "drawn": ["2.5 a positive" if row.drawn is None else f"{row.drawn:,}" for row in found.rows],
    }
    table = pd.DataFrame(columns)
    return table[table["groups"] > 0].reset_index(drop=True)


def drawn_rows(table: pd.DataFrame) -> pd.DataFrame:
    """The rows that a chart has room for: of two concepts only those of all sentences."""
    left_out = {NAMES["across", "facts"], NAMES["across", "stories"]}
    return table[~table["what"].isin(left_out)].reset_index(drop=True)


def concept_stability_table(found: Stability) -> pd.DataFrame:
    """One row per concept, source, sizes and tau."""
    return pd.DataFrame(
        [
            (
                row.concept, row.source, row.positives, row.negatives, row.tau, row.jaccard, row.low, row.high,
                row.folds, row.experts, row.fewest, row.most,
            )
            for row in found.by_concept
        ],
        columns=["concept", "source", "sentences", "negatives", "tau", "jaccard", "low", "high", "folds", "experts",
                 "fewest", "most"],
    )  # fmt: skip


def stability_chart(table: pd.DataFrame, published: float | None = None) -> alt.LayerChart:
    """Mean Jaccard by size of the positive set with 95 % intervals; a line per comparison.

    Args:
        table: of `stability_table`, at one tau and one way of drawing the negatives.
        published: the paper's value within a concept, a thin line; None draws none.
    """
    names = [name for name in NAMES.values() if name in set(table["what"])]
    places = [list(NAMES.values()).index(name) for name in names]
    shown = table.assign(
        told=[
            f"{what}, {size:,} sentences: Jaccard {value:.2f}"
            for what, size, value in zip(table["what"], table["sentences"], table["jaccard"])
        ]
    )
    sizes = sorted(set(table["sentences"]))
    x = alt.X(
        "sentences:Q",
        title="sentences with the concept",
        axis=alt.Axis(values=sizes, format=",d"),
        scale=alt.Scale(type="log", nice=False, padding=18),
    )
    y = alt.Y("jaccard:Q", title="Jaccard of expert sets", scale=alt.Scale(domain=[0, 1]))
    colour = named_colours("what:N", names, [_COLOURS[place] for place in places], columns=2, symbolOpacity=1)
    shape = alt.Shape(
        "what:N", title=None, scale=alt.Scale(domain=names, range=[_SHAPES[place] for place in places]),
        legend=alt.Legend(orient="top", columns=2, symbolOpacity=1),
    )  # fmt: skip
    told = tooltip(
        ("what:N", ""), ("sentences:Q", "", ",d"), ("negatives:Q", "without it", ",d"), ("jaccard:Q", "Jaccard", ".3f"),
        ("low:Q", "95 % from", ".3f"), ("high:Q", "to", ".3f"), ("groups:Q", "concepts or pairs", ",d"),
        ("folds:Q", "sets of sentences", "d"),
    )  # fmt: skip
    base = alt.Chart(shown)
    layers: list[alt.Chart] = [
        base.mark_area(opacity=0.15).encode(x=x, y="low:Q", y2="high:Q", color=colour),
        base.mark_rule(opacity=0.6).encode(x=x, y="low:Q", y2="high:Q", color=colour),
        base.mark_line(strokeWidth=2).encode(x=x, y=y, color=colour),
        base.mark_point(filled=True, size=70, opacity=1).encode(
            x=x, y=y, color=colour, shape=shape, description="told:N", tooltip=told
        ),
    ]
    if published is not None:
        line = alt.Chart(
            pd.DataFrame({"published": [published], "what": ["the paper, 400 sentences, about"]})
        )
        layers.append(
            line.mark_rule(strokeDash=[2, 4], opacity=0.8).encode(
                y="published:Q", tooltip=tooltip(("what:N", ""), ("published:Q", "Jaccard", ".1f"))
            )
        )
    return alt.LayerChart(layer=layers).properties(height=430)

"""Causal evidence as charts and tables: effects beside their controls, and the dose-response."""

from __future__ import annotations

from typing import TYPE_CHECKING

import altair as alt
import pandas as pd

from .colours import EXPERTS, REST
from .encoding import named_colours, tooltip
from .text import printable

if TYPE_CHECKING:
    from ..analysis.causality_result import Causality

STEERED, RANDOM, OTHER = "steered", "random units", "another concept"
OTHER_COLOUR = "#d55e00"
ROW = 22
"""Height of a concept's row, pixels."""


def causal_table(found: Causality, words: str) -> pd.DataFrame:
    """One row per concept, largest effect first; effects, intervals and prevalences in points.

    Columns ``concept, domain, original, steered, low, high, p corrected, random lowest, random highest, random,
    random p corrected, other concept, other, other p corrected, slope, slope p corrected, related words, perplexity,
    distinct-2, repeated``; the last three are of the steered texts, perplexity and distinct-2 as multiples of the
    originals'.
    """
    kinds = [found.of(kind, words) for kind in ("steered", "random", "other")]
    slopes = {each.concept: each for each in found.responses if each.words == words}
    fluency = {each.concept: each for each in found.fluency if each.kind == "steered"}
    rows = []
    for counted, steered, random, other in zip(found.concepts, *kinds, strict=True):
        slope, fluent = slopes.get(counted.concept), fluency[counted.concept]
        rows.append(
            {
                "concept": counted.concept,
                "domain": counted.domain,
                "original": steered.original,
                "steered": steered.effect,
                "low": steered.ci_low,
                "high": steered.ci_high,
                "p corrected": steered.p_corrected,
                "random lowest": min(random.draws),
                "random highest": max(random.draws),
                "random": random.effect,
                "random p corrected": random.p_corrected,
                "other concept": counted.other,
                "other": other.effect,
                "other p corrected": other.p_corrected,
                "slope": float("nan") if slope is None else slope.slope,
                "slope p corrected": float("nan") if slope is None else slope.p_corrected,
                "related words": counted.unseen if words == "unseen" else counted.related,
                "perplexity": fluent.perplexity,
                "distinct-2": fluent.distinct,
                "repeated": fluent.repeated,
            }
        )
    return pd.DataFrame(rows).sort_values("steered", ascending=False, kind="stable", ignore_index=True)


def causal_chart(table: pd.DataFrame) -> alt.LayerChart:
    """The effect on each concept with its 95 % interval, the band of random units, and the other concept's experts.

    Args:
        table: of `causal_table`.
    """
    shown = table.assign(
        concept=table["concept"].map(printable), steered_to=STEERED, by_random=RANDOM, by_other=OTHER
    )
    colours = named_colours(
        "what:N", [STEERED, RANDOM, OTHER], [EXPERTS, REST, OTHER_COLOUR], columns=2, labelLimit=260
    )
    order = alt.Y(
        "concept:N",
        sort=list(shown["concept"]),
        title=None,
        axis=alt.Axis(labelLimit=180, labelOverlap=False),
    )
    told = tooltip(
        ("concept:N", ""), ("steered:Q", "points", "+.3f"), ("low:Q", "95 % from", "+.3f"), ("high:Q", "to", "+.3f"),
        ("p corrected:Q", "corrected p", ".4f"), ("random lowest:Q", "random units from", "+.3f"),
        ("random highest:Q", "to", "+.3f"), ("other:Q", "steered to another", "+.3f"),
        ("other concept:N", "which is"),
    )  # fmt: skip
    base = alt.Chart(shown).encode(y=order, tooltip=told)
    points = "rise of its related words, points"
    zero = (
        alt.Chart(pd.DataFrame({"zero": [0.0]})).mark_rule(strokeDash=[4, 3], opacity=0.7).encode(x="zero:Q")
    )
    band = base.mark_bar(height=10, opacity=0.55).encode(
        x=alt.X("random lowest:Q", title=points), x2="random highest:Q", color=colours.copy()
    )
    layers = [
        zero,
        band.transform_calculate(what="datum.by_random"),
        base.mark_point(shape="diamond", size=55, filled=False, strokeWidth=2)
        .encode(x="other:Q", color=colours)
        .transform_calculate(what="datum.by_other"),
        base.mark_rule(strokeWidth=2)
        .encode(x="low:Q", x2="high:Q", color=colours)
        .transform_calculate(what="datum.steered_to"),
        base.mark_point(filled=True, size=60, opacity=1)
        .encode(x="steered:Q", color=colours)
        .transform_calculate(what="datum.steered_to"),
    ]
    return alt.LayerChart(layer=layers).properties(height=ROW * max(1, len(shown)))


def response_table(found: Causality, words: str) -> pd.DataFrame:
    """Rows of every concept and share of its strength: ``concept, share, prevalence, slope, slope p corrected``."""
    return pd.DataFrame(
        [
            (each.concept, share, prevalence, each.slope, each.p_corrected)
            for each in found.responses
            if each.words == words
            for share, prevalence in zip(each.shares, each.prevalences)
        ],
        columns=["concept", "share", "prevalence", "slope", "slope p corrected"],
    )


def response_chart(table: pd.DataFrame, concept: str) -> alt.LayerChart:
    """Prevalence over the share of the strength: every concept, one of them, and their mean.

    Args:
        table: of `response_table`.
        concept: the one that stands out.
    """
    one, mean = printable(concept), "mean of all concepts"
    shown = table.assign(concept=table["concept"].map(printable))
    means = shown.groupby("share", as_index=False)["prevalence"].mean()
    marked = pd.concat([shown[shown["concept"] == one], means.assign(concept=mean)], ignore_index=True)
    marked = marked.rename(columns={"concept": "what"})
    x = alt.X("share:Q", title="share of the concept's strength", axis=alt.Axis(format="%", tickCount=5))
    y = alt.Y("prevalence:Q", title="related words, % of content words")
    told = tooltip(("concept:N", ""), ("share:Q", "strength", ".0%"), ("prevalence:Q", "related, %", ".2f"))
    thin = alt.Chart(shown).mark_line(color=REST, opacity=0.3, strokeWidth=1)
    names, colours = [one, mean], [EXPERTS, OTHER_COLOUR]
    bold = alt.Chart(marked).mark_line(strokeWidth=3, point=True)
    return alt.LayerChart(
        layer=[
            thin.encode(x=x, y=y, detail="concept:N", tooltip=told),
            bold.encode(
                x=x,
                y=y,
                color=named_colours("what:N", names, colours, labelLimit=200),
                strokeDash=alt.StrokeDash(
                    "what:N", legend=None, scale=alt.Scale(domain=names, range=[[1, 0], [6, 2]])
                ),
                tooltip=tooltip(
                    ("what:N", ""), ("share:Q", "strength", ".0%"), ("prevalence:Q", "related, %", ".2f")
                ),
            ),
        ]
    ).properties(height=300)

"""Bars beside what they are held against: a domain's shared experts, and overlap by strength of priming."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import altair as alt
import pandas as pd

from .colours import CONCEPTS, EXPERTS, REST
from .encoding import tooltip
from .figure import Figure
from .text import printable

if TYPE_CHECKING:
    from ..analysis.domain_statistics import DomainStatistics
    from ..analysis.spp import SppBar

SIGNIFICANT = 0.01
"""Value of p below which a domain is counted as one that shares more than random groups do."""
_BINS = ("unrelated", "weak", "strong")


def domain_table(statistics: DomainStatistics) -> pd.DataFrame:
    """One row per domain and one for the mean; percentages, and p of both shares."""
    return pd.DataFrame(
        [
            {
                "domain": row.name,
                "in domain": row.in_domain.percent,
                "in domain, baseline": row.in_domain.baseline,
                "p, in domain": row.in_domain.p,
                "with broader": row.with_broader.percent,
                "with broader, baseline": row.with_broader.baseline,
                "p, with broader": row.with_broader.p,
                "with broader, empty cores as 0": row.with_broader_zero.percent,
                "shared by all": row.core,
                "of any": row.union,
            }
            for row in (*statistics.rows, statistics.mean)
        ]
    )


def domain_figure(statistics: DomainStatistics, lines: Sequence[str] = ()) -> Figure:
    """Percent in domain as bars, with the random groups' mean as a tick."""
    table, rows = domain_table(statistics), statistics.rows
    shown = pd.DataFrame({"domain": table["domain"].map(printable), "percent": table["in domain"]})
    shown["baseline"] = table["in domain, baseline"]
    names = alt.Axis(labelLimit=160, labelOverlap=False)
    y = alt.Y("domain:N", title=None, sort=list(shown["domain"]), axis=names)
    bars = alt.Chart(shown).mark_bar(color=EXPERTS)
    bars = bars.encode(
        x=alt.X("percent:Q", title="% shared by the whole domain"),
        y=y,
        tooltip=tooltip(("domain:N", ""), ("percent:Q", "", ".2f"), ("baseline:Q", "", ".3f")),
    )
    ticks = alt.Chart(shown).mark_tick(color=REST, thickness=3, size=14).encode(x="baseline:Q", y=y)
    significant = sum(row.in_domain.p < SIGNIFICANT for row in rows)
    return Figure(
        alt.LayerChart(layer=[bars, ticks]).properties(height=70 + 20 * len(shown)),
        table,
        "Experts shared within each domain",
        f"{significant} of {len(rows)} domains share more experts than random groups do.",
        f"domains, tau {statistics.tau:.2f}",
        lines,
    )


def priming_figure(bars: Mapping[str, Sequence[SppBar]], lines: Sequence[str] = ()) -> Figure:
    """A bar per strength of priming and model (model → its bars), with its 95 % interval."""
    models = [printable(model) for model in bars]
    rows = [
        (model, bar.bin, bar.mean, bar.ci_low, bar.ci_high, bar.pairs)
        for model, each in zip(models, bars.values())
        for bar in each
    ]
    table = pd.DataFrame(rows, columns=["model", "bin", "overlap", "95 % from", "to", "pairs"])
    base = alt.Chart(table.rename(columns={"95 % from": "low", "to": "high"})).encode(
        x=alt.X("bin:N", sort=_BINS, title=None, axis=alt.Axis(labelAngle=0)),
        xOffset=alt.XOffset("model:N", sort=models),
    )
    legend = alt.Legend(orient="top", labelLimit=300) if len(models) > 1 else None
    scale = alt.Scale(domain=models, range=list(CONCEPTS[: len(models)]))
    drawn = base.mark_bar().encode(
        y=alt.Y("overlap:Q", title="mean overlap of experts (Jaccard)"),
        color=alt.Color("model:N", title=None, scale=scale, legend=legend),
        tooltip=tooltip(("model:N", ""), ("bin:N", ""), ("overlap:Q", "", ".3f"), ("pairs:Q", "")),
    )
    spans = base.mark_rule(strokeWidth=2, color=REST).encode(y="low:Q", y2="high:Q")
    return Figure(
        alt.LayerChart(layer=[drawn, spans]).properties(height=320),
        table,
        "Overlap of experts by strength of priming",
        "Mean overlap of experts for unrelated, weak and strong partners.",
        "priming by bin",
        lines,
    )

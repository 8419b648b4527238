"""Domain statistics: how much of their experts the concepts of a domain share, beside the paper's table 2."""

from __future__ import annotations

import math
from typing import Any

import altair as alt
import pandas as pd
import streamlit as st

from expertlens_core.analysis.domain_statistics import DomainRow, DomainStatistics
from expertlens_core.analysis.published import TABLE_2
from expertlens_core.errors import InputError
from expertlens_core.figures import printable
from expertlens_core.figures.colours import EXPERTS, REST
from pages.parts.map.downloads import caption_lines, draw_methods
from pages.parts.map.results import MapResults
from pages.parts.map.settings import draw_settings
from pages.shared.frame import explain
from pages.shared.plain import plain
from pages.shared.show import draw_chart, figure_downloads, table_download

SIGNIFICANT = 0.01
_HELP = {
    "in domain": "Experts that all specific concepts of the domain share / experts of any of them.",
    "in domain, baseline": "The mean of the same for random groups: as many concepts, each from another domain.",
    "with broader": "The part of those shared experts that the broader concept has too.",
    "p, in domain": "Share of random groups with at least as much, counting the domain itself.",
}


@st.fragment
def draw_domains(results: MapResults) -> None:
    """The statistics at a tau."""
    try:
        settings = draw_settings()
        found = results.domains(settings.tau, settings.outside)
        if found is None:
            return
        statistics = found.statistics
        rows = statistics.rows
        significant = sum(row.in_domain.p < SIGNIFICANT for row in rows)
        one, two, three, four = st.columns(4)
        one.metric(
            f"Domains with p < {SIGNIFICANT:g}",
            f"{significant} of {len(rows)}",
            help="Domains whose concepts share more than random groups do.",
        )
        two.metric("Mean in domain", _percent(statistics.mean.in_domain.percent), help=_HELP["in domain"])
        three.metric(
            "Communities against domains",
            f"{found.ari:.2f}",
            help="Adjusted Rand index: 1 where the groups that the overlaps alone form are the domains, 0 where "
            "they agree as by chance.",
        )
        four.metric(
            "Same domain or not",
            f"{found.auroc:.2f}",
            help="AUROC: the chance that a pair of one domain is more alike (Jaccard) than a pair of two; 0.5 tells "
            "nothing.",
        )
        table = domain_table(statistics)
        chart = domain_chart(table)
        st.subheader("Each domain")
        st.dataframe(
            table,
            hide_index=True,
            height=38 + 35 * min(len(table), 16),
            column_config=_columns(table),
        )
        table_download(table, f"domain statistics, tau {settings.tau:.2f}", key="domains")
        st.caption(_told(statistics))
        left, right = st.columns([2, 3], gap="medium")
        with left:
            st.subheader("Against random groups")
            draw_chart(
                chart, alt=f"{significant} of {len(rows)} domains share more experts than random groups do."
            )
            figure_downloads(
                chart,
                f"domains, tau {settings.tau:.2f}",
                table,
                title="Experts shared within each domain",
                lines=caption_lines(results, settings),
                key="domain chart",
            )
        with right:
            _published()
        st.caption(plain(" | ".join(caption_lines(results, settings))))
        draw_methods(results, settings)
    except InputError as problem:
        explain(str(problem))


def _columns(table: pd.DataFrame) -> dict[str, Any]:
    shares = [name for name in table.columns if name.startswith(("in domain", "with broader"))]
    chances = [name for name in table.columns if name.startswith("p, ")]
    return {
        **{name: st.column_config.NumberColumn(format="%.2f %%", help=_HELP.get(name)) for name in shares},
        **{name: st.column_config.NumberColumn(format="%.4f", help=_HELP.get(name)) for name in chances},
    }


def domain_table(statistics: DomainStatistics) -> pd.DataFrame:
    """One row per domain and one for the mean; percentages, and p of both shares."""
    return pd.DataFrame([_row(row) for row in (*statistics.rows, statistics.mean)])


def _row(row: DomainRow) -> dict[str, object]:
    return {
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


def domain_chart(table: pd.DataFrame) -> alt.LayerChart:
    """Percent in domain as bars, with the random groups' mean as a tick."""
    shown = table[["domain", "in domain", "in domain, baseline"]].rename(
        columns={"in domain": "percent", "in domain, baseline": "baseline"}
    )
    shown["domain"] = shown["domain"].map(printable)
    y = alt.Y(
        "domain:N", title=None, sort=list(shown["domain"]), axis=alt.Axis(labelLimit=160, labelOverlap=False)
    )
    bars = (
        alt.Chart(shown)
        .mark_bar(color=EXPERTS)
        .encode(
            x=alt.X("percent:Q", title="% shared by the whole domain"),
            y=y,
            tooltip=[
                "domain:N",
                alt.Tooltip("percent:Q", format=".2f"),
                alt.Tooltip("baseline:Q", format=".3f"),
            ],
        )
    )
    ticks = alt.Chart(shown).mark_tick(color=REST, thickness=3, size=14).encode(x="baseline:Q", y=y)
    return alt.LayerChart(layer=[bars, ticks]).properties(height=70 + 20 * len(shown))


def _told(statistics: DomainStatistics) -> str:
    draws = statistics.mean.in_domain.draws
    parts = [
        f"Baseline and p from {draws:,} random groups a domain. The mean's draws average one per domain."
        if draws
        else "There are too few domains for random groups, so there is no baseline and no p.",
    ]
    if statistics.empty_cores:
        parts.append(
            f"{statistics.empty_cores} of {len(statistics.rows)} domains share no unit; *with broader* is undefined "
            "there, and left out of its mean, or counted as 0 in the column that says so."
        )
    if statistics.left_out:
        parts.append(
            f"Left out, with fewer than two concepts found: {plain(', '.join(statistics.left_out))}."
        )
    return " ".join(parts)


def _published() -> None:
    st.subheader("The paper's table 2")
    st.dataframe(
        pd.DataFrame(
            {
                "model": [row.model for row in TABLE_2],
                "step": [row.step for row in TABLE_2],
                "in domain": [row.in_domain for row in TABLE_2],
                "in domain, baseline": [row.in_domain_baseline for row in TABLE_2],
                "with broader": [row.with_broader for row in TABLE_2],
                "with broader, baseline": [row.with_broader_baseline for row in TABLE_2],
            }
        ),
        hide_index=True,
        height=38 + 35 * len(TABLE_2),
        column_config={
            "step": st.column_config.NumberColumn(format="localized"),
            **{
                name: st.column_config.NumberColumn(format="%.2f %%")
                for name in ("in domain", "in domain, baseline", "with broader", "with broader, baseline")
            },
        },
    )
    st.caption(
        "Published means over ten domains at tau 0.5, with 400 + 1,000 sentences a concept: another library and "
        "other models, so an order of magnitude rather than a target."
    )


def _percent(value: float) -> str:
    return "–" if math.isnan(value) else f"{value:.2f} %"

"""Domain statistics: how much of their experts the concepts of a domain share, beside the paper's table 2."""

import math

import pandas as pd
import streamlit as st

from expertlens_core import figures
from expertlens_core.analysis.domain_statistics import DomainStatistics
from expertlens_core.analysis.published import TABLE_2
from expertlens_core.figures.bar_charts import SIGNIFICANT
from pages.parts.map.results import MapResults, draw_settings
from pages.shared.frame import explained
from pages.shared.plain import plain
from pages.shared.show import methods, number_columns, show, table_download

_HELP = {
    "in domain": "Experts that all specific concepts of the domain share / experts of any of them.",
    "in domain, baseline": "The mean of the same for random groups: as many concepts, each from another domain.",
    "with broader": "The part of those shared experts that the broader concept has too.",
    "p, in domain": "Share of random groups with at least as much, counting the domain itself.",
}


@st.fragment
@explained()
def draw_domains(results: MapResults) -> None:
    results = draw_settings(results)
    found = results.domains()
    if found is None:
        return
    statistics, lines = found.statistics, results.lines()
    shared, mean = statistics.rows, statistics.mean.in_domain.percent
    significant = sum(row.in_domain.p < SIGNIFICANT for row in shared)
    metrics = (
        (f"Domains with p < {SIGNIFICANT:g}", f"{significant} of {len(shared)}",
         "Domains whose concepts share more than random groups do."),
        ("Mean in domain", "–" if math.isnan(mean) else f"{mean:.2f} %", _HELP["in domain"]),
        ("Communities against domains", f"{found.ari:.2f}",
         "Adjusted Rand index: 1 where the groups that the overlaps alone form are the domains, 0 where they agree as "
         "by chance."),
        ("Same domain or not", f"{found.auroc:.2f}",
         "AUROC: the chance that a pair of one domain is more alike (Jaccard) than a pair of two; 0.5 tells nothing."),
    )  # fmt: skip
    for place, (label, value, told) in zip(st.columns(4), metrics):
        place.metric(label, value, help=told)
    figure = figures.domain_figure(statistics, lines)
    table = figures.domain_table(statistics)
    columns = {
        name: st.column_config.NumberColumn(
            format="%.4f" if name.startswith("p, ") else "%.2f %%", help=_HELP.get(name)
        )
        for name in table.columns
        if name.startswith(("in domain", "with broader", "p, "))
    }
    st.subheader("Each domain")
    height = 38 + 35 * min(len(table), 16)
    st.dataframe(table, hide_index=True, height=height, column_config=columns)
    table_download(table, f"domain statistics, tau {results.tau:.2f}", key="domains")
    st.caption(_told(statistics))
    left, right = st.columns([2, 3], gap="medium")
    with left:
        st.subheader("Against random groups")
        show(figure, key="domain chart", caption=False)
    with right:
        st.subheader("The paper's table 2")
        table = pd.DataFrame(TABLE_2)
        table.columns = [name.replace("_baseline", ", baseline").replace("_", " ") for name in table.columns]
        formats = dict.fromkeys(table.columns[2:], "%.2f %%") | {"step": "localized"}
        height = 38 + 35 * len(table)
        st.dataframe(table, hide_index=True, height=height, column_config=number_columns(formats))
        st.caption(
            "Published means over ten domains at tau 0.5, with 400 + 1,000 sentences a concept: another library and "
            "other models, so an order of magnitude rather than a target."
        )
    st.caption(plain(" | ".join(lines)))
    methods(results.found.about, results.tau, results.outside)


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

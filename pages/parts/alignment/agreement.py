"""Agreement with people: expert overlap at every threshold, other measures, and every baseline."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import streamlit as st

from expertlens_core import figures
from expertlens_core.analysis.published import MEN_TEST_RHO
from expertlens_core.figures import printable
from expertlens_core.pipeline import Aligned
from pages.parts.alignment.captions import caption_lines, draw_caption
from pages.parts.alignment.coverage import judgments_name
from pages.parts.alignment.results import QUICK_CONCEPTS, Asked
from pages.parts.alignment.rows import (
    TOLD,
    chart_height,
    comparison_table,
    comparisons,
    difference,
    interval,
    jaccard_label,
    number,
    row_name,
    summary,
    verdict,
)
from pages.shared.plain import plain
from pages.shared.services import services
from pages.shared.show import draw_chart, figure_downloads, table_download
from pages.shared.waiting import follow, stage_job, start_stage

MARKS = {
    "better": "▲ better than",
    "worse": "▼ less well than",
    "no clear difference": "● no clear difference from",
}


def draw_headline(asked: Asked, made: Aligned) -> None:
    """The one number, and what it is to be held against."""
    label = jaccard_label(asked.tau)
    row = made.table.rows[made.table.row(label)]
    quiet: dict[str, Any] = {"delta_color": "off", "delta_arrow": "off", "width": 165}
    with st.container(horizontal=True, gap="small"):
        st.metric(
            "Spearman's rho",
            number(row.rho),
            f"95 %: {interval(row)}" if not math.isnan(row.rho) else "not defined",
            help=f"Rank correlation of expert overlap above {asked.tau:g} with {plain(judgments_name(asked))}: "
            "1 is the same order of pairs, 0 none. The interval comes from resampling "
            + ("concepts" if row.test == "Mantel" else "pairs")
            + f" {asked.judged.resamples:,} times.",
            **quiet,
        )
        st.metric(
            "p",
            "–" if math.isnan(row.p) else f"{row.p:.4f}",
            f"{row.test} test",
            help="Chance of a correlation this large if judgments and model had nothing to do with each other. The "
            "Mantel test shuffles concepts, because all pairs of a set of concepts depend on each other; a "
            "permutation test shuffles pairs.",
            **quiet,
        )
        if row.auroc is not None:
            st.metric(
                "AUROC",
                f"{row.auroc:.3f}",
                "same domain or not",
                help="The chance that a pair of one domain shares more experts than a pair of two; 0.5 is a coin.",
                **quiet,
            )
        if made.ceiling is not None:
            st.metric(
                "People",
                number(made.ceiling.mean_rho),
                f"two raters: {number(made.ceiling.between_raters)}",
                help="MEN's two raters' mean against MEN, on the same pairs; below it one rater against the other. "
                "About the best that a model can do.",
                **quiet,
            )
    if math.isnan(row.rho):
        st.info(
            f"No judged pair shares an expert above {asked.tau:g}, so there is nothing to correlate: lower tau.",
            icon=":material/filter_alt_off:",
        )
    if made.table.judgments == "men" and made.table.split == "test":
        published = ", ".join(f"{name} {rho:.2f}" for name, rho in MEN_TEST_RHO.items())
        st.caption(f"Published for tau 0.5 on all pairs of MEN's test split: {published}.")


def draw_agreement(asked: Asked, made: Aligned) -> None:
    """Every measure and baseline with its interval, and how expert overlap compares with the baselines."""
    frame = figures.alignment_frame({"experts": made.measures, "baseline": made.baselines})
    shown = frame.assign(measure=[printable(row_name(name)) for name in frame["measure"]])
    ceiling = made.ceiling.mean_rho if made.ceiling else None
    chart = figures.alignment_chart(shown, ceiling=ceiling)
    lines = caption_lines(asked, made.about, len(made.table.human), tau=False)
    draw_chart(
        chart,
        height=chart_height(len(shown)),
        alt=f"Spearman's rho of {len(shown)} measures and baselines with {judgments_name(asked)}, with 95 % intervals.",
    )
    if ceiling is not None:
        st.caption(
            f"Dashed line: the mean of MEN's two raters with MEN on the same pairs ({number(ceiling)})."
        )
    undefined = shown["rho"].isna()
    if undefined.any():
        st.caption(plain(f"Not drawn, because no pair differs: {', '.join(shown['measure'][undefined])}."))
    figure_downloads(
        chart,
        f"agreement with {judgments_name(asked)}",
        shown,
        title=f"Agreement with people: {printable(judgments_name(asked))}",
        lines=lines,
        key="agreement",
    )
    draw_caption(lines)
    _embeddings(asked)
    _baselines(asked, made)
    with st.expander("What the baselines are", icon=":material/help:"):
        st.markdown("\n".join(f"- **{row_name(name)}**: {told}" for name, told in TOLD.items()))
    with st.expander("All numbers", icon=":material/table:"):
        st.dataframe(shown, hide_index=True, column_config=_formats(shown))
        table_download(shown, f"agreement with {judgments_name(asked)}", key="all agreement")


def _embeddings(asked: Asked) -> None:
    """The job that adds the baselines of the model's own embeddings."""
    if asked.whole() is not None:
        return
    title = f"embeddings: {asked.title}"
    job = services().jobs.get(stage_job("align", asked.request(), asked.about))
    if job is not None and job.state != "done":
        follow(job.id)
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(
            "**Fair baselines:** does the model's own embedding of the words or sentences do as well as its experts?"
        )
        st.button(
            "Compute the embeddings",
            type="primary",
            icon=":material/play_arrow:",
            key="embeddings",
            on_click=start_stage,
            args=("align", asked.request(), title),
            kwargs={"about": asked.about, "quick": len(asked.plan.finished) <= QUICK_CONCEPTS},
            help="The model reads all sentences once more; what it gives stays in the cache.",
        )


def _baselines(asked: Asked, made: Aligned) -> None:
    st.subheader("Experts against the baselines")
    found = comparisons(made.table, jaccard_label(asked.tau), [row.label for row in made.baselines])
    if not found:
        st.caption(f"Expert overlap above {asked.tau:g} has no defined correlation to compare.")
        return
    st.markdown(summary(found))
    table = comparison_table(found)
    shown = pd.DataFrame(
        {
            "agrees": [MARKS[verdict(each)] for each in found],
            "baseline": [row_name(each.second) for each in found],
            "difference in rho": [difference(each) for each in found],
            **{name: table[name] for name in ("p", "Steiger's Z", "its p")},
        }
    )
    st.dataframe(
        shown,
        hide_index=True,
        height=38 + 35 * len(table),
        column_config={
            "agrees": st.column_config.TextColumn(f"expert overlap > {asked.tau:g} agrees", width=210),
            "difference in rho": st.column_config.TextColumn(width=180),
            "p": st.column_config.NumberColumn(format="%.4f", help="Two-sided, of the paired bootstrap."),
            "Steiger's Z": st.column_config.NumberColumn(
                format="%.2f", help="A second opinion: a normal approximation for independent pairs."
            ),
            "its p": st.column_config.NumberColumn(format="%.4f"),
        },
    )
    table_download(table, f"experts against baselines, {judgments_name(asked)}", key="comparisons")
    st.caption("Brackets: 95 % interval of the difference in rho, from the same resamples for both.")


def _formats(table: pd.DataFrame) -> dict[str, Any]:
    return {
        name: st.column_config.NumberColumn(format="%.4f" if name == "p" else "%.3f")
        for name in ("rho", "ci low", "ci high", "p", "AUROC")
        if name in table
    }

"""Agreement with people: every measure and baseline, and every layer and kind of module alone."""

import math
from collections.abc import Mapping, Sequence
from functools import partial

import altair as alt
import pandas as pd
import streamlit as st

from expertlens_core import figures
from expertlens_core.analysis.alignment import Alignment
from expertlens_core.analysis.published import MEN_TEST_RHO
from expertlens_core.figures import Figure, printable
from expertlens_core.figures.alignment_chart import ROW
from expertlens_core.pipeline import Aligned
from pages.parts.alignment.coverage import QUIET
from pages.parts.alignment.results import Asked
from pages.parts.alignment.rows import (
    NEITHER,
    TOLD,
    comparison_table,
    difference,
    jaccard_label,
    number,
    row_name,
    summary,
    verdict,
)
from pages.shared.plain import plain
from pages.shared.show import number_columns, show, table_download
from pages.shared.waiting import offer, stage_job, start_stage

MARKS = {"better": "▲ better than", "worse": "▼ less well than", NEITHER: "● no clear difference from"}
QUICK_CONCEPTS = 8
"""Concepts at most whose embeddings are computed in the line of short jobs."""


def draw_headline(asked: Asked, made: Aligned) -> None:
    row = made.table.rows[made.table.row(jaccard_label(asked.tau))]
    undefined = math.isnan(row.rho)
    drawn = "concepts" if row.test == "Mantel" else "pairs"
    with st.container(horizontal=True, gap="small"):
        told = (
            f"Rank correlation of expert overlap above {asked.tau:g} with {plain(asked.judged.name)}: 1 is the same "
            f"order of pairs, 0 none. The interval comes from resampling {drawn} {asked.judged.resamples:,} times."
        )
        around = "not defined" if undefined else f"95 %: {number(row.ci_low)} to {number(row.ci_high)}"
        st.metric("Spearman's rho", number(row.rho), around, help=told, **QUIET)
        told = (
            "Chance of a correlation this large if judgments and model had nothing to do with each other. The "
            "Mantel test shuffles concepts, because all pairs of a set of concepts depend on each other; a "
            "permutation test shuffles pairs."
        )
        p = "–" if math.isnan(row.p) else f"{row.p:.4f}"
        st.metric("p", p, f"{row.test} test", help=told, **QUIET)
        if row.auroc is not None:
            told = (
                "The chance that a pair of one domain shares more experts than a pair of two; 0.5 is a coin."
            )
            st.metric("AUROC", f"{row.auroc:.3f}", "same domain or not", help=told, **QUIET)
        if made.ceiling is not None:
            told = (
                "MEN's two raters' mean against MEN, on the same pairs; below it one rater against the other. About "
                "the best that a model can do."
            )
            between = f"two raters: {number(made.ceiling.between_raters)}"
            st.metric("People", number(made.ceiling.mean_rho), between, help=told, **QUIET)
    if undefined:
        st.info(
            f"No judged pair shares an expert above {asked.tau:g}, so there is nothing to correlate: lower tau.",
            icon=":material/filter_alt_off:",
        )
    if made.table.judgments == "men" and made.table.split == "test":
        published = ", ".join(f"{name} {rho:.2f}" for name, rho in MEN_TEST_RHO.items())
        st.caption(f"Published for tau 0.5 on all pairs of MEN's test split: {published}.")


def draw_agreement(asked: Asked, made: Aligned) -> None:
    """Every measure and baseline with its interval, and how expert overlap compares with the baselines."""
    name = f"agreement with {asked.judged.name}"
    rows, chart, notes = _drawn(
        {"experts": made.measures, "baseline": made.baselines}, made, "no pair differs"
    )
    figure = Figure(
        chart,
        rows,
        f"Agreement with people: {asked.judged.name}",
        f"Spearman's rho of {len(rows)} measures and baselines with {asked.judged.name}, with 95 % intervals.",
        name,
        asked.lines(made.about, len(made.table.human), tau=False),
    )
    if made.ceiling:
        rho = number(made.ceiling.mean_rho)
        notes = [f"Dashed line: the mean of MEN's two raters with MEN on the same pairs ({rho}).", *notes]
    show(figure, *notes, key="agreement", height=chart_height(rows))
    if asked.whole() is None:
        request, about, title = asked.request(), asked.about, f"embeddings: {asked.title}"
        quick = len(asked.plan.finished) <= QUICK_CONCEPTS
        offer(
            stage_job("align", request, about),
            "**Fair baselines:** does the model's own embedding of the words or sentences do as well as its experts?",
            "Compute the embeddings",
            partial(start_stage, "align", request, title, about=about, quick=quick),
            key="embeddings",
            help="The model reads all sentences once more; what it gives stays in the cache.",
        )
    _baselines(asked, made)
    with st.expander("What the baselines are", icon=":material/help:"):
        st.markdown("\n".join(f"- **{row_name(each)}**: {told}" for each, told in TOLD.items()))
    with st.expander("All numbers", icon=":material/table:"):
        forms = dict.fromkeys(("rho", "ci low", "ci high", "AUROC"), "%.3f") | {"p": "%.4f"}
        st.dataframe(rows, hide_index=True, column_config=number_columns(forms))
        table_download(rows, name, key="all agreement")


def draw_places(asked: Asked, made: Aligned) -> None:
    """Expert overlap in each layer and kind, beside that of the whole model."""
    groups = {"experts": made.measures[:1], "kind": made.kinds, "layer": made.layers}
    rows, chart, notes = _drawn(groups, made, "no pair shares an expert there")
    if defined := [row for row in made.layers if not math.isnan(row.rho)]:
        best = max(defined, key=lambda row: row.rho)
        place = row_name(best.label).removesuffix(" alone")
        st.markdown(
            f"Experts of **{place}** agree best among the layers (rho {number(best.rho)}); those of the whole "
            f"model have {number(made.measures[0].rho)}. Intervals that overlap widely are no difference."
        )
    figure = Figure(
        chart,
        rows,
        f"Agreement by layer and kind: {asked.judged.name}",
        f"Rho with {asked.judged.name} of each layer and kind of module alone.",
        f"agreement by layer and kind, {asked.judged.name}",
        asked.lines(made.about, len(made.table.human), "expert overlap within each place"),
    )
    show(figure, *notes, key="places", height=chart_height(rows))


def chart_height(rows: pd.DataFrame) -> int:
    """Pixels of a chart of rows with its axis and legend, so that every row keeps its label."""
    return ROW * max(1, len(rows)) + 130


def _drawn(
    groups: Mapping[str, Sequence[Alignment]], made: Aligned, why: str
) -> tuple[pd.DataFrame, alt.LayerChart, list[str]]:
    """`alignment_frame` with the names that a reader sees, its chart, and a note on rows without a correlation."""
    frame = figures.alignment_frame(groups)
    frame["measure"] = [printable(row_name(label)) for label in frame["measure"]]
    names = frame["measure"][frame["rho"].isna()]
    notes = [plain(f"Not drawn, because {why}: {', '.join(names)}.")] if len(names) else []
    ceiling = made.ceiling.mean_rho if made.ceiling else None
    return frame, figures.alignment_chart(frame, ceiling=ceiling), notes


def _baselines(asked: Asked, made: Aligned) -> None:
    st.subheader("Experts against the baselines")
    found = made.table.comparisons(jaccard_label(asked.tau), [row.label for row in made.baselines])
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
        }
    ).join(table[["p", "Steiger's Z", "its p"]])
    number_column, text_column = st.column_config.NumberColumn, st.column_config.TextColumn
    opinion = "A second opinion: a normal approximation for independent pairs."
    st.dataframe(
        shown,
        hide_index=True,
        height=38 + 35 * len(table),
        column_config={
            "agrees": text_column(f"expert overlap > {asked.tau:g} agrees", width=210),
            "difference in rho": text_column(width=180),
            "p": number_column(format="%.4f", help="Two-sided, of the paired bootstrap."),
            "Steiger's Z": number_column(format="%.2f", help=opinion),
            "its p": number_column(format="%.4f"),
        },
    )
    table_download(table, f"experts against baselines, {asked.judged.name}", key="comparisons")
    st.caption("Brackets: 95 % interval of the difference in rho, from the same resamples for both.")

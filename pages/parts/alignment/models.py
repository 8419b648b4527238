"""Two models or checkpoints on the same pairs."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd
import streamlit as st

from expertlens_core import figures
from expertlens_core.analysis.alignment import AlignmentTable
from expertlens_core.analysis.comparison import Comparison
from expertlens_core.figures.text import printable
from expertlens_core.pipeline.finding.expertise_file import library_versions
from pages.parts.alignment.beside import choose_beside, draw_rest, other_plan
from pages.parts.alignment.captions import caption_lines, draw_caption
from pages.parts.alignment.coverage import judgments_name
from pages.parts.alignment.results import Asked, two_models
from pages.parts.alignment.rows import chart_height, comparisons, difference, row_name, verdict
from pages.shared.plain import plain
from pages.shared.selection import Selection
from pages.shared.show import draw_chart, figure_downloads, table_download


def draw_models(chosen: Selection, asked: Asked) -> None:
    """Both models' agreement on the pairs that both cover, and their difference."""
    choose_beside(chosen)
    other = other_plan(chosen, asked)
    if other is None:
        st.info(
            "Choose a second model or checkpoint: both are held against the same judgments, on the same pairs and in "
            "the same resamples, so that their difference has an interval of its own.",
            icon=":material/compare_arrows:",
        )
        return
    if not draw_rest(asked, other):
        return
    made = two_models(asked, other)
    if made is None:
        return
    labels = [row.label for row in made.rows]
    models = tuple(dict.fromkeys(label.partition(" (")[2].removesuffix(")") for label in labels))
    names = short_names(models)
    found = _paired(made)
    differences = models_table(found, names)
    if found:
        st.markdown(f"**{plain(said(found[0], names))}**")
    shown = _frame(made, names)
    chart = figures.alignment_chart(shown)
    lines = caption_lines(asked, _about(asked, models), len(made.human))
    draw_chart(
        chart, height=chart_height(len(shown)) + 30, alt=f"Rho of two models with {judgments_name(asked)}."
    )
    figure_downloads(
        chart,
        f"two models, {judgments_name(asked)}",
        shown,
        title=f"Two models against {printable(judgments_name(asked))}",
        lines=lines,
        key="two models",
    )
    draw_caption(lines)
    if found:
        st.dataframe(
            differences,
            hide_index=True,
            column_config={
                name: st.column_config.NumberColumn(format="%.2f" if name == "Steiger's Z" else "%.4f")
                for name in ("p", "Steiger's Z", "its p")
            },
        )
        table_download(
            differences, f"difference of two models, {judgments_name(asked)}", key="two models table"
        )


def short_names(models: tuple[str, ...]) -> tuple[str, ...]:
    """``pythia-70m step0, pythia-70m step64`` → ``step0, step64``; hub ids lose their owner."""
    words = [model.split("/")[-1].split() for model in models]
    if len({tuple(each[:1]) for each in words}) == 1 and all(len(each) > 1 for each in words):
        words = [each[1:] for each in words]
    made = tuple(" ".join(each) for each in words)
    return made if len(set(made)) == len(models) else models


def said(compared: Comparison, names: tuple[str, ...]) -> str:
    """``Expert overlap > 0.5 agrees better with people in step-2800 than in step-0: +0.36 [+0.07, +0.45]``."""
    by = _by(compared)
    ways = {
        "better": f"agrees better with people in {names[0]} than in {names[1]}",
        "worse": f"agrees less well with people in {names[0]} than in {names[1]}",
        "no clear difference": f"shows no clear difference between {names[0]} and {names[1]}",
    }
    return printable(f"{by[:1].upper()}{by[1:]} {ways[verdict(compared)]}: {difference(compared)}")


def models_table(found: list[Comparison], names: tuple[str, ...]) -> pd.DataFrame:
    """A row per measure: ``by, agrees, difference in rho, p, Steiger's Z, its p``."""
    ways = {"better": "better in", "worse": "less well in", "no clear difference": "no clear difference"}
    return pd.DataFrame(
        [
            {
                "by": _by(each),
                f"agrees, {printable(names[0])} against {printable(names[1])}": ways[verdict(each)]
                + ("" if verdict(each) == "no clear difference" else f" {printable(names[0])}"),
                "difference in rho": difference(each),
                "p": each.p,
                "Steiger's Z": each.steiger_z,
                "its p": each.steiger_p,
            }
            for each in found
        ]
    )


def _by(compared: Comparison) -> str:
    return row_name(compared.first.partition(" (")[0])


def _paired(made: AlignmentTable) -> list[Comparison]:
    """The same measure in both models; rows come model by model."""
    labels = [row.label for row in made.rows]
    half = len(labels) // 2
    found = [comparisons(made, one, [two]) for one, two in zip(labels[:half], labels[half:])]
    return [each for some in found for each in some if not math.isnan(each.difference)]


def _frame(made: AlignmentTable, names: tuple[str, ...]) -> pd.DataFrame:
    """Both models' rows, measure by measure."""
    rows = made.rows
    half = len(rows) // 2
    both = figures.alignment_frame({printable(names[0]): rows[:half], printable(names[1]): rows[half:]})
    both["measure"] = [
        printable(f"{row_name(row.label.partition(' (')[0])}, {names[number // half]}")
        for number, row in enumerate(rows)
    ]
    order = [place for pair in zip(range(half), range(half, 2 * half)) for place in pair]
    return both.iloc[order].reset_index(drop=True)


def _about(asked: Asked, models: tuple[str, ...]) -> dict[str, Any]:
    request = asked.plan.request.to_json() | {"revision": ""}
    return {
        "model": " and ".join(models),
        "library": asked.plan.library.name,
        "request": request,
        "versions": library_versions(),
    }

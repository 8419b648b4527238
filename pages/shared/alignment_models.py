"""Two models or checkpoints on the same pairs."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import Any

import streamlit as st

from expertlens_core import figures, microworld
from expertlens_core.figures.printable import printable
from expertlens_core.models.catalogue import known_model
from expertlens_core.pipeline import FindRequest, Plan
from pages.shared import view
from pages.shared.alignment_captions import caption_lines, draw_caption
from pages.shared.alignment_coverage import FEWEST, judgments_name
from pages.shared.alignment_results import Asked, finished, results_digest, two_models
from pages.shared.alignment_rows import chart_height, comparison_table, comparisons, row_name, sentence
from pages.shared.choices.alignment import BESIDE
from pages.shared.downloads import figure_downloads, table_download
from pages.shared.loading import planned
from pages.shared.plain import plain
from pages.shared.selection import Selection
from pages.shared.services import services
from pages.shared.waiting import find_job, follow, offer_find


def choose_beside(chosen: Selection) -> None:
    """The choice of the second model, or of another checkpoint of the same."""
    current = view.get(BESIDE)
    st.session_state[BESIDE.widget] = current or None
    options = [f"{chosen.model}@{step}" for step in _revisions(chosen.model) if step != chosen.revision]
    st.selectbox(
        "Second model or checkpoint",
        options if not current or current in options else [*options, current],
        index=None,
        key=BESIDE.widget,
        on_change=_take,
        accept_new_options=True,
        placeholder="Choose a checkpoint, or type a model",
        width=420,
        help="A hub id or folder, with @ and a revision where it has one, such as EleutherAI/pythia-70m@step36000.",
    )


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
    if not _ready(asked, other):
        return
    made = two_models(asked, other.request, results_digest(other))
    if made is None:
        return
    table = made.table
    names = [printable(name) for name in made.models]
    groups: dict[str, list[Any]] = {
        group: [row for row in table.rows if row.label.endswith(f"({name})")]
        for group, name in zip(names, made.models)
    }
    frame = figures.alignment_frame(groups)
    shown = frame.assign(measure=[printable(row_name(name)) for name in frame["measure"]])
    labels = [row.label for row in table.rows]
    half = len(labels) // 2
    pairs = list(zip(labels[:half], labels[half:]))
    found = list(chain.from_iterable(comparisons(table, one, [two]) for one, two in pairs))
    if found:
        st.markdown(f"**{plain(sentence(found[0]))}**")
    chart = figures.alignment_chart(shown)
    lines = caption_lines(asked, _about(asked, made.models), len(table.human))
    st.altair_chart(
        chart, height=chart_height(len(shown)), alt=f"Rho of two models with {judgments_name(asked)}."
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
        differences = comparison_table(found)
        st.dataframe(differences, hide_index=True, column_config=_formats())
        table_download(
            differences, f"difference of two models, {judgments_name(asked)}", key="two models table"
        )


def other_plan(chosen: Selection, asked: Asked) -> Plan | None:
    """The second model's plan for the concepts of the judged pairs; None where no model is chosen.

    Raises:
        InputError: for a model that cannot be.
    """
    text = view.get(BESIDE).strip()
    if not text:
        return None
    model, _, revision = text.partition("@")
    request: FindRequest = replace(
        chosen.request(*_together(asked)), model=model or chosen.model, revision=revision or None
    )
    return planned(request, chosen.library)


def _together(asked: Asked) -> tuple[str, ...]:
    """Concepts of judged pairs that the first model has results for."""
    there = set(finished(asked.plan))
    return tuple(key for key in asked.judged.concepts if key in there)


def _ready(asked: Asked, other: Plan) -> bool:
    """Whether the second model has enough results; else the way to them is drawn."""
    if other.missing:
        job = services().jobs.get(find_job(other))
        if job is not None and job.state != "done":
            follow(job.id)
        else:
            offer_find(other)
    there = set(finished(other))
    pairs = sum(first in there and second in there for first, second in asked.judged.coverage.concepts)
    return pairs >= FEWEST


def _about(asked: Asked, models: tuple[str, ...]) -> dict[str, Any]:
    request = asked.plan.request.to_json()
    return {
        "model": " and ".join(models),
        "library": asked.plan.library.name,
        "request": request | {"revision": ""},
    }


def _revisions(model: str) -> tuple[str, ...]:
    if model == "microworld":
        return tuple(microworld.checkpoints())
    known = known_model(model)
    return () if known is None else tuple(known.revisions)


def _take() -> None:
    view.put(BESIDE, (st.session_state[BESIDE.widget] or "").strip())


def _formats() -> dict[str, Any]:
    return {
        "in words": st.column_config.TextColumn(width=480),
        **{
            name: st.column_config.NumberColumn(format="%.4f" if "p" in name.split() else "%.3f")
            for name in ("difference", "95 % from", "to", "p", "Steiger's Z", "its p")
        },
    }

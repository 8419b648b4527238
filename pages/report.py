"""Report: the paper's figures for the chosen model as one page to take away, made from the results that are there."""

from collections.abc import Callable
from functools import partial

import pandas as pd
import streamlit as st

from expertlens_core.analysis.judgment_source import fetched
from expertlens_core.models.label import model_label
from expertlens_core.pipeline.report.command import report_command
from expertlens_core.pipeline.report.report import CHAPTERS, Report
from expertlens_core.pipeline.report.request import ReportRequest
from pages.parts.checkpoints.choice import usual
from pages.shared import view
from pages.shared.choices.checkpoints import SERIES
from pages.shared.choices.report import JUDGED, JUDGMENTS
from pages.shared.frame import heading
from pages.shared.glossary import words
from pages.shared.loading import planned
from pages.shared.plain import bytes_text, plain, sentence
from pages.shared.selection import TAU, selection
from pages.shared.services import services
from pages.shared.show import download, table_download
from pages.shared.view import bound
from pages.shared.waiting import find_rest, offer, stage_job, start_stage


def draw_made(made: Report, again: Callable[[], None]) -> None:
    """The file, its numbers, and what it lacks."""
    name = f"ExpertLens report, {made.title}"
    with st.container(horizontal=True, vertical_alignment="center"):
        size = bytes_text(len(made.page.encode()))
        told = "One page that needs no network, no script and no other file."
        download(f"The report ({size})", lambda: made.page, name, "html", "report html", "secondary", told)
        view.button("Make it again", again, icon="refresh", key="report again")
    chapters = {chapter.name: chapter for chapter in CHAPTERS}
    table = pd.DataFrame(
        [
            (chapters[section.name].title, each.name, each.value, each.published, each.around, each.options)
            for section in made.sections
            for each in section.numbers
        ],
        columns=["section", "what", "here", "the paper", "interval, or held against", "options"],
    )
    st.subheader("At a glance", anchor=False)
    st.dataframe(table, hide_index=True, height=min(38 + 35 * max(1, len(table)), 740))
    table_download(table, f"{name}, numbers")
    for section in made.sections:
        if section.missing:
            title = plain(chapters[section.name].title)
            st.info(f"**Not in it: {title}.** {plain(sentence(section.missing))}", icon=":material/help:")


def there() -> tuple[str, ...]:
    """Judgments that can be read without a download."""
    return tuple(name for name in JUDGMENTS if name != "men" or fetched("men"))


chosen = selection()
heading("Report", "How does this model look beside the paper? One page to take away.")
plan = planned(chosen.request(), chosen.library)
with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
    st.slider("tau", 0.05, 0.99, step=0.01, help=words("tau"), width=320, **bound(TAU))
    told = "Whose judgments of similarity the model is compared with."
    at_hand = {name: label for name, label in JUDGMENTS.items() if name in (view.get(JUDGED), *there())}
    view.segments("Human judgments", at_hand, JUDGED, help=told)
asked = ReportRequest(
    chosen.request(),
    tau=round(view.get(TAU), 2),
    judgments=view.get(JUDGED),
    checkpoints=view.get(SERIES) or usual(chosen),
)
title = f"report of {model_label(chosen.model)} on {chosen.library.name}"
start = partial(start_stage, "report", asked, title, about=plan.results)
job = stage_job("report", asked, plan.results)
made: Report | None = services().jobs.result(job)
if not plan.finished:
    find_rest(
        plan, "**No concept of this library has results in this model yet**, so there is nothing to report."
    )
elif made is None:
    told = (
        f"**The paper's figures for {plain(model_label(chosen.model))}**, each number with its options and the "
        "published value beside it, with the methods paragraph and references. It takes the results that are there: "
        f"{len(plan.finished):,} of {len(plan.concepts):,} concepts, and whatever else was computed for this library."
    )
    offer(job, told, "Make the report", start, key="make report")
else:
    draw_made(made, start)
with st.expander("The same without a browser", icon=":material/terminal:"):
    st.code(report_command(asked), language=None, wrap_lines=True)
    st.caption(
        "With `--compute` it computes what is missing first, which may take hours; `--help` says what there is."
    )

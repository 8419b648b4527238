"""The dose sweep: what it would try and how long, its progress, presence against fluency, and the sweet spot."""

import math
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from expertlens_core import figures
from expertlens_core.errors import InputError
from expertlens_core.figures import Figure
from expertlens_core.models.label import model_label
from expertlens_core.pipeline.evidence.dose_sweep import DoseSweep, known_sweep
from expertlens_core.pipeline.evidence.sweep_cost import sweep_cost
from expertlens_core.pipeline.evidence.sweep_plan import DoseSweepRequest
from pages.parts.evidence.dose_texts import dose_name, draw_dose_texts, use_button
from pages.shared import view
from pages.shared.choices.evidence import (
    DOSE,
    SWEPT_EXPERTS,
    SWEPT_RULE,
    SWEPT_RULES,
    SWEPT_STRENGTHS,
    SWEPT_TEXTS,
    SWEPT_TOKENS,
)
from pages.shared.following import duration, followed
from pages.shared.glossary import words
from pages.shared.plain import plain
from pages.shared.selection import Selection
from pages.shared.services import services
from pages.shared.show import choose_row, number_columns, show, table_download
from pages.shared.view import bound
from pages.shared.waiting import stage_job, start_stage

CHART, PICKED = "sweep chart", "picked"
QUIET: dict[str, Any] = {"delta_color": "off", "delta_arrow": "off", "width": 175}


def draw_sweep(chosen: Selection) -> None:
    _settings()
    try:
        asked = request(chosen)
        found = known_sweep(asked, services().run(library=chosen.library))
    except InputError as problem:
        st.warning(plain(str(problem)), icon=":material/error:")
        return
    if found is None:
        if not followed(stage_job("dose sweep", asked, chosen.library.digest)):
            _offer(chosen, asked)
        return
    table = figures.sweep_table(found.points, found.dose)
    _headline(found, table)
    name = f"dose sweep of {found.concept} in {model_label(chosen.model)}"
    _charts(found, table, name)
    _table(found, table, name)
    draw_dose_texts(chosen, found)
    with st.expander("How it is measured", icon=":material/help:"):
        st.markdown(_method(found))


def request(chosen: Selection) -> DoseSweepRequest:
    """What the page asks for.

    Raises:
        InputError: for numbers that cannot be.
    """
    return DoseSweepRequest(
        find=chosen.request(),
        concept=chosen.concept.key,
        rule=view.get(SWEPT_RULE),
        experts=_numbers(view.get(SWEPT_EXPERTS), int, "whole numbers parted by commas, such as 200, 400"),
        strengths=_numbers(view.get(SWEPT_STRENGTHS), float, "numbers parted by commas, such as 0.3, 0.6"),
        texts=view.get(SWEPT_TEXTS),
        tokens=view.get(SWEPT_TOKENS),
    )


def _numbers(text: str, kind: type, expected: str) -> Any:
    try:
        return tuple(kind(part) for part in text.replace(";", ",").split(",") if part.strip())
    except ValueError:
        raise InputError(f"{text[:60]!r} cannot be tried: expected {expected}") from None


def _settings() -> None:
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        told = "What is done with the experts. Rules that take a concept away have no dose to look for."
        names = list(SWEPT_RULES)
        look = bound(SWEPT_RULE)
        st.selectbox("Rule", names, format_func=SWEPT_RULES.__getitem__, help=told, width=235, **look)
        told = "Parted by commas. Empty tries half the number of the concept's dose, that number, and twice as many."
        st.text_input(
            "Numbers of experts", placeholder="by the dose", help=told, width=165, **bound(SWEPT_EXPERTS)
        )
        told = words("strength") + " Parted by commas. Empty tries five, and that of the concept's dose."
        st.text_input(
            "Strengths", placeholder="from weak to full", help=told, width=165, **bound(SWEPT_STRENGTHS)
        )
        told = "Of each kind at each dose, a fifth of them on each of five prompts."
        st.number_input("Texts", 5, 1000, step=5, help=told, width=110, **bound(SWEPT_TEXTS))
        st.number_input("Tokens of a text", 8, 1000, step=4, width=140, **bound(SWEPT_TOKENS))


def _offer(chosen: Selection, asked: DoseSweepRequest) -> None:
    """What the job would do and how long it takes, and the button that starts it."""
    shared, concept = services(), plain(chosen.concept.key)
    run = shared.run(library=chosen.library, complete=True)
    resident = (each for each in shared.models.resident().values() if each.name == asked.find.model)
    with st.spinner("Measuring how long it will take"), shared.turns.held():
        cost = sweep_cost(asked, run.at_hand(model=next(resident, None)))
    with st.container(border=True):
        st.markdown(
            f"**Where between too little and too much does {concept} show?** The model writes with more and more "
            f"experts of {concept} at more and more strength. At each dose as many random units ({asked.draws} draws) "
            "and the experts of another concept are moved in the same way. What is found is how many texts show the "
            "concept, and how fluent and varied they still are."
        )
        time = "how long it takes is known once the model is loaded"
        if cost is not None:
            experts = f", after the experts of {cost.concepts} concepts are found" if cost.concepts else ""
            told = f"{cost.doses} of {cost.all_doses} doses to write, {cost.texts:,} texts of {asked.tokens} tokens"
            known = time if math.isnan(cost.seconds) else f"about {duration(cost.seconds)}"
            time = f"{told}{experts}: {known}"
        st.markdown(f"**{time[0].upper()}{time[1:]}.**")
        st.caption("What is finished is kept: the job can be stopped, and goes on at the doses where it was.")
        title = f"dose sweep of {concept} in {model_label(chosen.model)}"
        start = partial(start_stage, "dose sweep", asked, title, about=chosen.library.digest, quick=False)
        view.button("Try the doses", start, icon="play_arrow", key="start sweep", type="primary")


def _headline(found: DoseSweep, table: pd.DataFrame) -> None:
    best = table.iloc[found.best]
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        told = f"{found.dose}. " + words("dose")
        st.metric(
            "Sweet spot", f"{found.dose.experts:,} × {found.dose.strength:g}", help=plain(told), width=205
        )
        unsteered = f"unsteered: {found.original_presence:.0%}"
        st.metric(f"Texts that show {plain(found.concept)}", f"{best['presence']:.0%}", unsteered, **QUIET)
        band = f"{best['random lowest']:.0%} to {best['random highest']:.0%}"
        st.metric("Random units", f"{best['random']:.0%}", band, help=words("control"), **QUIET)
        told = f"As many experts of {found.other}."
        st.metric("Another concept", f"{best['other']:.0%}", found.other, help=plain(told), **QUIET)
        varied = f"distinct-2: {best['distinct-2']:.2f} ×"
        st.metric("Perplexity", f"{best['perplexity']:.2f} ×", varied, help=words("perplexity"), **QUIET)
    if not found.met:
        st.warning(
            f"No dose keeps the bounds ({figures.bounds()}): the one of lowest perplexity is marked. Try fewer "
            "experts or less strength.",
            icon=":material/warning:",
        )
    use_button(found.dose, "Use the sweet spot on Steer", "use sweet spot", primary=True)


def _charts(found: DoseSweep, table: pd.DataFrame, name: str) -> None:
    lines = figures.caption(found.about, note=f"{table['texts'].iloc[0]} texts of each kind at each dose")
    concept = found.concept
    chart = figures.sweep_chart(table, found.original_presence)
    best = table.iloc[found.best]
    figure = Figure(
        chart, table, f"Texts that show {concept} against their perplexity",
        f"{len(table)} doses of {concept}: the sweet spot, {found.dose}, shows it in {best['presence']:.0%} of the "
        f"texts at {best['perplexity']:.2f} times the originals' perplexity.",
        name, lines,
    )  # fmt: skip

    def take_click() -> None:
        picked = st.session_state[CHART]["selection"].get(PICKED, [])
        if picked:
            view.put(DOSE, dose_name(found.points[int(picked[0]["point"])].dose))

    note = (
        "Each point is a dose, lines join the strengths of one number of experts, the ring is the sweet spot. Right of "
        "the dashed line texts are too hard to follow for the unsteered model; hollow points break a bound. Grey bars: "
        "random units, from the lowest to the highest draw; grey diamonds: another concept's experts. **Press a point "
        "to read its texts below.**"
    )
    drawn = figures.sweep_chart(table, found.original_presence, selection=PICKED)
    show(figure, note, key=CHART, drawn=drawn, on_select=take_click, selection_mode=PICKED, width="stretch")
    second = Figure(
        figures.strength_chart(table, found.original_presence), table, f"Texts that show {concept} over the strength",
        f"Presence of {concept} over the strength, a line for each number of experts, with bands of random units.",
        f"strengths, {name}", lines,
    )  # fmt: skip
    note = (
        "The same doses over the strength. Bands: as many random units, from the lowest to the highest draw. Dotted: "
        "another concept's experts. Thin line: unsteered texts."
    )
    show(second, note, key="strength chart", caption=False)


def _table(found: DoseSweep, table: pd.DataFrame, name: str) -> None:
    with st.expander("All numbers", icon=":material/table:"):
        st.caption("The texts of a dose stand below when its row is pressed.")
        columns = number_columns(dict.fromkeys(table.select_dtypes("float").columns, "%.2f"))
        doses = [dose_name(point.dose) for point in found.points]
        choose_row(table, "sweep rows", doses, partial(view.put, DOSE), column_config=columns)
        table_download(table, name, key="sweep table")


def _method(found: DoseSweep) -> str:
    count = len(found.originals.texts)
    prompts = "; ".join(f"“{plain(prompt)}”" for prompt in found.about["prompts"])
    return (
        f"- The prompts are {prompts}. None of them is used when a dose is calibrated.\n"
        "- All texts of one number on one prompt draw the same random numbers, so that they differ by the units only.\n"
        "- A text shows the concept when its name or a related word stands in it, in any form.\n"
        f"- Perplexity is the median under the unsteered model, distinct-2 counts different pairs of words; both are "
        f"multiples of the {count} unsteered texts'.\n"
        f"- The sweet spot follows a fixed rule: of the doses with {figures.bounds()}, the one that shows the "
        "concept in most texts; ties go to the lower perplexity."
    )

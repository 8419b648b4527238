"""Enough sentences? Do other sentences give the same experts, and how many make them settle."""

import math
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from expertlens_core import figures
from expertlens_core.analysis.enough import SHARE, enough
from expertlens_core.analysis.published import STABILITY
from expertlens_core.analysis.stability_result import Stability, StabilityRow
from expertlens_core.errors import InputError
from expertlens_core.figures import Figure, printable
from expertlens_core.figures.stability_chart import NAMES
from expertlens_core.models.label import model_label
from expertlens_core.pipeline import StabilityRequest, spread_concepts, stability_cost
from pages.shared import view
from pages.shared.choices.experts import FOLDS, PAPER_TAU, PAPER_TAUS, SCOPE, SCOPES, SHARING, SIZES
from pages.shared.following import duration, followed
from pages.shared.frame import explained
from pages.shared.glossary import words
from pages.shared.plain import plain
from pages.shared.selection import Selection
from pages.shared.services import services
from pages.shared.show import number_columns, show, table_download
from pages.shared.view import bound
from pages.shared.waiting import known, stage_job, start_stage

QUIET: dict[str, Any] = {"delta_color": "off", "delta_arrow": "off", "width": 190}
SAME = NAMES["within", "all"]


def draw_enough(chosen: Selection) -> None:
    """The settings, then what was measured, or what it would take."""
    _settings()
    digest = chosen.library.digest
    try:
        asked = request(chosen)
        found = known("stability", asked, about=digest)
        if found is None:
            if not followed(stage_job("stability", asked, digest)):
                _offer(chosen, asked, stability_cost(asked, services().run(library=chosen.library)))
            return
    except InputError as problem:
        st.warning(plain(str(problem)), icon=":material/error:")
        return
    _measured(found, chosen)


def request(chosen: Selection) -> StabilityRequest:
    """What the page asks for.

    Raises:
        InputError: for sizes that cannot be.
    """
    scopes = {
        "spread": spread_concepts(chosen.library),
        "chosen": tuple(concept.key for concept in chosen.shown),
        "library": (),
    }
    text = view.get(SIZES)
    try:
        sizes = tuple(int(part) for part in text.replace(";", ",").split(",") if part.strip())
    except ValueError:
        sizes = ()
    if not sizes:
        raise InputError(
            f"sizes is {text[:60]!r}: expected whole numbers parted by commas, such as 25, 50, 100"
        )
    find = chosen.request(*scopes[view.get(SCOPE)])
    return StabilityRequest(find=find, sizes=sizes, folds=view.get(FOLDS), sharing=view.get(SHARING))


def _settings() -> None:
    view.segments("Concepts", SCOPES, SCOPE)
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        told = "Numbers of sentences with the concept, parted by commas. Each set has 2.5 times as many without it."
        st.text_input("Sizes", help=told, width=200, **bound(SIZES))
        told = "Sets of sentences of each size at most. " + words("fold")
        st.number_input("Folds", 2, 100, help=told, width=110, **bound(FOLDS))
        told = (
            "Where the sentences do not suffice there are fewer folds. This makes as many as asked for all the same; "
            "folds that share sentences agree for that reason too, and how much they share is told."
        )
        st.toggle("Folds may share sentences", help=told, **bound(SHARING))


def _offer(chosen: Selection, asked: StabilityRequest, cost: Any) -> None:
    with st.container(border=True):
        st.markdown(
            "**Would other sentences give the same experts?** The sentences of each concept are dealt into sets that "
            "share none. The experts of each set are found anew, and held against those of the other sets, and of "
            "other concepts. Every sentence is read once, whatever the number of sets."
        )
        time = (
            "a time that is known once experts have been found"
            if math.isnan(cost.seconds)
            else f"about {duration(cost.seconds)}"
        )
        st.markdown(
            f"**{cost.concepts:,} concepts, {cost.sentences:,} sentences to read, {cost.sets:,} expert sets to score: "
            f"{time}.**"
        )
        st.caption("Finished concepts are kept: the job can be stopped, and goes on where it was.")
        title = f"stability of {plain(chosen.library.name)} in {model_label(chosen.model)}"
        start = partial(start_stage, "stability", asked, title, about=chosen.library.digest, quick=False)
        view.button("Measure it", start, icon="play_arrow", key="start stability", type="primary")


@st.fragment
@explained()
def _measured(found: Stability, chosen: Selection) -> None:
    view.segments("tau", PAPER_TAUS, PAPER_TAU, help=words("tau"))
    tau = float(view.get(PAPER_TAU))
    answers = [each for each in found.enough if each.source == "all" and each.tau == tau]
    for answer in answers:
        st.markdown(f"**{plain(answer.sentence)}**")
    _headline(found, tau)
    every = figures.stability_table(found)
    table = every[every["tau"] == tau]
    drawn = figures.drawn_rows(table)
    name = f"stability, {chosen.library.name}, {model_label(chosen.model)}"
    lines = figures.caption(
        found.about, tau=tau, note=f"AP {found.about['ap']}, {len(found.concepts)} concepts"
    )
    said = "; ".join(
        f"{what} {rows['jaccard'].iloc[-1]:.2f} at {rows['sentences'].iloc[-1]:,}"
        for what, rows in drawn.groupby("what", sort=False)
    )
    figure = Figure(
        figures.stability_chart(drawn, STABILITY["within"] if tau == 0.5 else None), every,
        "Agreement of experts by the number of sentences", f"Jaccard of expert sets at tau {tau:g}: {said}.",
        name, lines,
    )  # fmt: skip
    notes = [
        "Jaccard of the experts of two sets of sentences, in the mean over concepts, with 95 % bootstrap intervals "
        "over concepts. Two concepts: the same for sets of different concepts."
        + (" Dotted: the paper's, about, with 400 sentences and 1,000 without." if tau == 0.5 else "")
    ]
    show(figure, *notes, *_shared(table), key="stability")
    _concepts(found, tau, name)
    with st.expander("How it is measured", icon=":material/help:"):
        st.markdown(_method(found))


def _headline(found: Stability, tau: float) -> None:
    with st.container(horizontal=True, gap="small"):
        for label, compared, source in (
            ("Other sentences", "within", "all"),
            ("Facts against stories", "between", "facts and stories"),
            ("Two concepts", "across", "all"),
        ):
            rows = [
                row
                for row in found.rows
                if (row.compared, row.source, row.tau) == (compared, source, tau) and row.groups
            ]
            if rows:
                last = max(rows, key=lambda row: row.positives)
                paper = (
                    f"the paper: about {STABILITY[compared]:g}"
                    if compared in STABILITY and tau == 0.5
                    else None
                )
                told = f"{_band(last)} With {last.positives:,} sentences. " + words("Jaccard")
                st.metric(label, f"{last.jaccard:.2f}", paper, help=told, **QUIET)


def _band(row: StabilityRow) -> str:
    return "" if math.isnan(row.low) else f"95 % interval {row.low:.2f} to {row.high:.2f}."


def _shared(table: pd.DataFrame) -> list[str]:
    """What the folds share, where they do."""
    shares = table[table["what"] == SAME]
    said = []
    for column, what in (
        ("shared positives", "sentences with the concept"),
        ("shared negatives", "sentences without"),
    ):
        most = shares[column].max()
        if most > 0:
            said.append(
                f"Two folds share up to {most:.0%} of their {what}, so part of the agreement is theirs."
            )
    return said


def _concepts(found: Stability, tau: float, name: str) -> None:
    """One row per concept: its Jaccard at each size, and how many sentences are enough for it."""
    st.subheader("Concept by concept", anchor=False)
    rows = [row for row in found.by_concept if row.source == "all" and row.tau == tau]
    lines: dict[str, dict[str, Any]] = {}
    for row in rows:
        line = lines.setdefault(row.concept, {"concept": printable(row.concept)})
        line[f"Jaccard, {row.positives:,}"] = row.jaccard
        line[f"experts, {row.positives:,}"] = row.experts
    for concept, line in lines.items():
        curve = {row.positives: row.jaccard for row in rows if row.concept == concept}
        answer = enough(curve, tau, "all", None)
        line["enough"] = f"more than {answer.largest:,}" if answer.size is None else f"{answer.size:,}"
    table = pd.DataFrame(list(lines.values()))
    forms = {
        each: "%.2f" if each.startswith("Jaccard") else "%.0f"
        for each in table.select_dtypes("float").columns
    }
    st.dataframe(table, hide_index=True, column_config=number_columns(forms))
    every = figures.concept_stability_table(found)
    table_download(every, f"concepts, {name}", "CSV of all sizes, sources and tau", key="stability concepts")


def _method(found: Stability) -> str:
    return (
        f"- **Rule.** Enough is the smallest size whose mean Jaccard is at least {SHARE:.0%} of that of the largest "
        "size with two folds. Where only the largest meets it, the answer is: more than were measured.\n"
        f"- AP is read {plain(found.about['ap'])}, so that sizes can be compared. Two empty sets count as 0.\n"
        f"- The model read {found.read:,} sentences in {duration(found.reading)}; {found.sets:,} expert sets were "
        f"scored in {duration(found.scoring)}, {found.ratio:.2f} times as long.\n"
        "- The paper drew 100 to 500 sentences from 7,000 with 1,000 or 2,000 without, in eight folds: about 0.8 "
        "within a concept at tau 0.5, about 0 for two concepts (section 3)."
    )

"""All concepts of the library at a glance, and the job that finds those which are missing."""

from functools import partial

import pandas as pd
import streamlit as st

from expertlens_core import figures
from expertlens_core.experts.threshold_counts import ThresholdCounts
from expertlens_core.figures import Figure
from expertlens_core.models.label import model_label
from pages.parts.experts.shown import draw_settings
from pages.shared import view
from pages.shared.choices.experts import PER_UNIT, SECTION
from pages.shared.frame import explained
from pages.shared.loading import planned
from pages.shared.selection import Selection, choose_concept
from pages.shared.show import choose_row, show
from pages.shared.waiting import find_rest, wait_for


def draw_library(chosen: Selection) -> None:
    """The overview, as far as there are results, and the way to the rest."""
    plan = planned(chosen.request(), chosen.library)
    there, every = len(plan.finished), len(plan.concepts)
    label = f"Find the other {len(plan.missing):,}" if there else "Find all concepts"
    told = f"**{there:,} of {every:,} concepts** of this library have results in this model."
    find_rest(plan, told, label, key="find all")
    if plan.finished:
        # Counting reads every result once, which takes seconds for a large model.
        title = f"experts of {plan.library.name} in {model_label(plan.request.model)}"
        counts = wait_for("counts", plan.request, title, about=plan.results)
        if counts is not None:
            _overview(counts, chosen)


@st.fragment
@explained()
def _overview(counts: ThresholdCounts, chosen: Selection) -> None:
    tau, outside = draw_settings()
    places = counts.places(tau, without_token_only=outside)
    domains = {concept.key: concept.domain for concept in chosen.library}
    experts = counts.experts(tau, without_token_only=outside)
    table = pd.DataFrame(
        {"concept": counts.concepts, "domain": [domains[c] for c in counts.concepts], "experts": experts}
    )
    table = table.sort_values("experts", ascending=False, kind="stable", ignore_index=True)
    source = [f"model {model_label(chosen.model)} {chosen.revision}".strip(), f"tau {tau:.2f}"]
    figure = Figure(
        figures.overview_chart(
            places, domains, per_unit=view.get(PER_UNIT), dark=st.context.theme.type == "dark"
        ),
        partial(figures.concept_table, places, counts.concepts),
        f"Experts of {chosen.library.name} by layer",
        f"Experts of {len(table)} concepts by layer at tau {tau:.2f}; most for {table['concept'][0]}.",
        f"experts of all concepts, {chosen.library.name}, tau {tau:.2f}",
        (" · ".join(source + ["without token-only modules"] * outside),),
    )
    left, right = st.columns([3, 2], gap="medium")
    with left:
        st.subheader("Where their experts sit")
        show(figure, key="overview", caption=False)
    with right:
        st.subheader("How many experts")
        bar = st.column_config.ProgressColumn(
            format="localized", min_value=0, max_value=max(1, int(experts.max()))
        )
        choose_row(
            table, "concepts", list(table["concept"]), _open, height=560, column_config={"experts": bar}
        )
        st.caption("Choose a row to look at its concept.")


def _open(concept: str) -> None:
    choose_concept(concept)
    view.put(SECTION, SECTION.default)

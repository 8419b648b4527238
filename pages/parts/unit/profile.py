"""A unit's AP and AUROC for every concept, beside chance; and for which it is an expert, in words."""

import math
from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from expertlens_core.experts.unit_profile import UnitProfile
from expertlens_core.figures import Figure, caption
from expertlens_core.figures.unit_charts import DRAWN, ordered, profile_chart, profile_table
from expertlens_core.pipeline.looking.unit_table import UnitTable
from pages.parts.unit.results import Asked, Read
from pages.shared import view
from pages.shared.choices.unit import ORDER, ORDERS
from pages.shared.frame import explained
from pages.shared.glossary import words
from pages.shared.plain import plain
from pages.shared.selection import TAU
from pages.shared.show import number_columns, show
from pages.shared.view import bound
from pages.shared.waiting import offer

TOLD = 8
"""Concepts that are named in words."""


@st.fragment
@explained()
def draw_profile(table: UnitTable, profile: UnitProfile, asked: Asked, read: Read | None) -> None:
    st.subheader("What it is an expert for", help=words("expert", "AP"))
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        st.slider("tau", 0.05, 0.99, step=0.01, width=340, help=words("tau"), **bound(TAU))
        view.segments("Order", ORDERS, ORDER, label_visibility="collapsed")
    tau = round(view.get(TAU), 2)
    st.markdown(in_words(profile, tau))
    whole = completed(profile_table(profile), read)
    interval = None if read is None else (read.responses.concept, read.ranks.ap.low, read.ranks.ap.high)
    rows = ordered(whole, view.get(ORDER))
    notes = "AP at prevalence 2/7" if table.reweighted else ""
    experts = profile.experts(tau)
    figure = Figure(
        profile_chart(whole, tau=tau, order=view.get(ORDER), interval=interval),
        rows,
        f"AP of {profile.unit} for every concept",
        f"AP of the unit for {len(rows)} concepts; above {tau:.2f} for {', '.join(experts) or 'none'}.",
        f"profile of {profile.unit}",
        caption(table.found.about, tau=tau, note=notes),
    )
    left, right = st.columns([3, 2], gap="medium")
    with left:
        show(figure, key="profile", caption=False)
    with right:
        st.dataframe(
            rows,
            hide_index=True,
            height=min(38 + 35 * len(rows), 560),
            column_config=number_columns(dict.fromkeys(["AUROC", "chance from", "chance to"], "%.3f"))
            | {
                "AP": st.column_config.ProgressColumn(
                    min_value=0, max_value=1, format="%.3f", help=words("AP")
                )
            },
        )
        _auroc(table, rows, asked)
    more = f" The {DRAWN} concepts with the highest AP are drawn." if len(rows) > DRAWN else ""
    weighted = (
        " AP is read at prevalence 2/7, for shares of positive sentences differ." if table.reweighted else ""
    )
    st.caption(
        "Grey is where 99 of 100 random rankings of the same sentences end. A unit that was looked for because its AP "
        f"is high lies above by luck as well: on new sentences it comes out a little lower.{weighted}{more}"
    )


def in_words(profile: UnitProfile, tau: float) -> str:
    """For which concepts, of which domains, the unit is an expert, in Markdown."""
    experts, every = profile.experts(tau), len(profile.concepts)
    if not experts:
        best = int(np.argmax(profile.ap))
        return (
            f"At tau {tau:.2f} it is an expert for **none** of {every:,} concepts; its best is "
            f"{plain(profile.concepts[best])}, with an AP of {profile.ap[best]:.2f}."
        )
    domain_of = dict(zip(profile.concepts, profile.domains))
    named = ", ".join(
        f"**{plain(key)}**" + (f" ({plain(domain_of[key])})" if domain_of[key] else "")
        for key in experts[:TOLD]
    )
    more = f" and {len(experts) - TOLD:,} more" if len(experts) > TOLD else ""
    domains = {domain_of[key] for key in experts} - {""}
    spread = f" They lie in {len(domains)} domains." if len(domains) > 1 else ""
    if len(domains) == 1 and len(experts) > 1 and all(domain_of[key] for key in experts):
        spread = " All lie in one domain."
    return (
        f"At tau {tau:.2f} it is an expert for {len(experts):,} of {every:,} concepts: {named}{more}.{spread}"
    )


def completed(rows: pd.DataFrame, read: Read | None) -> pd.DataFrame:
    """The profile with AUROC from the responses, where the result does not keep it."""
    if read is None:
        return rows
    found = read.responses.ranks
    values = [
        found[key].auroc.value if math.isnan(kept) and key in found else kept
        for key, kept in zip(rows["concept"], rows["AUROC"])
    ]
    return rows.assign(AUROC=values)


def _auroc(table: UnitTable, rows: pd.DataFrame, asked: Asked) -> None:
    """Where AUROC is not kept for this unit: the way to compute it from its responses."""
    if not (missing := int(rows["AUROC"].isna().sum())):
        return
    plan = table.found.plan
    count = sum(len(plan.positives(each)) for each in plan.concepts if each.key in table.found.concepts)
    st.caption(
        f"{missing:,} concepts have no AUROC here: the shipped results keep it for each concept's best units only. "
        f"It comes from the unit's responses to all {count:,} sentences of the library, which also show what drives "
        "it most of all."
    )
    offer(asked.every_job, "", "Read all sentences", partial(asked.start_every), key="read all")

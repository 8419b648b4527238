"""What the Experts page shows of concepts whose results are there."""

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from expertlens_core.experts import ExpectedUnits, expert_set
from expertlens_core.figures import expert_table
from expertlens_core.pipeline import Found
from pages.parts.experts.charts import draw_distribution, draw_over_tau
from pages.parts.experts.controls import Controls, draw_control_jobs, draw_controls, read_controls
from pages.parts.experts.shown import Shown, draw_settings, shown, unequal
from pages.shared import view
from pages.shared.choices.experts import RAW
from pages.shared.following import followed
from pages.shared.frame import explained
from pages.shared.glossary import words
from pages.shared.loading import planned
from pages.shared.plain import plain
from pages.shared.selection import Selection
from pages.shared.show import table_download
from pages.shared.units import unit_rows
from pages.shared.view import bound
from pages.shared.waiting import find_job, start_find
from pages.shared.warned import draw_warnings

ROWS = 50
COMPARED = "AP at prevalence 2/7"
HERE = "find here"
"""The job that computes a shipped result on this computer."""


def draw_headline(shown: Shown) -> None:
    experts = shown.counts.experts(shown.tau, without_token_only=shown.outside).tolist()
    if shown.compared:
        _table(shown, experts)
    else:
        _numbers(shown, experts[0])
    if not any(experts):
        shown.no_expert()


def _numbers(shown: Shown, experts: int) -> None:
    expertise, tau, units = shown.first.expertise, shown.tau, shown.units
    luck = luck_text(shown.null(shown.first).expected_units(tau, units))
    quiet: dict[str, Any] = {"delta_color": "off", "delta_arrow": "off"}
    with st.container(horizontal=True, gap="small"):
        told = f"Units whose average precision (AP) for this concept lies above tau = {tau:.2f}."
        share = f"{experts / units:.2%} of {units:,} units"
        st.metric("Experts", f"{experts:,}", share, help=told, width=185, **quiet)
        told = (
            " 10,000 random rankings of the same numbers of sentences. '<' marks an upper bound (95 %), where none "
            "of them reached tau."
        )
        st.metric("Expected by luck", luck, help=words("expected by luck") + told, width=150)
        sizes = f"{expertise.positives:,} with, {expertise.negatives:,} without"
        told = words("prevalence")
        st.metric("Prevalence", f"{expertise.prevalence:.2f}", sizes, help=told, width=185, **quiet)
        told = (
            "Average precision of the best unit: 1.00 ranks every sentence with the concept above every sentence "
            "without it."
        )
        st.metric("Best AP", f"{expertise.ap.max():.2f}", help=told, width=150)


def _table(shown: Shown, experts: list[int]) -> None:
    rows = [
        {
            "concept": name,
            "experts": count,
            "share of units": count / shown.units,
            "expected by luck": luck_text(shown.null(found).expected_units(shown.tau, shown.units)),
            "sentences": f"{found.expertise.positives:,} with, {found.expertise.negatives:,} without",
            "prevalence": found.expertise.prevalence,
            "best AP": float(shown.ap(found).max()),
        }
        for name, found, count in zip(shown.names, shown.found, experts)
    ]
    number, text = st.column_config.NumberColumn, st.column_config.TextColumn
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        column_config={
            "experts": number(format="localized"),
            "share of units": number(format="percent"),
            "expected by luck": text(help=words("expected by luck")),
            "prevalence": number(format="%.2f", help=words("prevalence")),
            "best AP": number(format="%.2f"),
        },
    )


def luck_text(luck: ExpectedUnits) -> str:
    """``< 2.1``, ``14``, ``0.4``: a number that a reader can hold against a count of units."""
    digits = 0 if luck.count >= 100 else 1 if luck.count >= 0.1 else 3
    return ("< " if luck.is_bound else "") + f"{luck.count:,.{digits}f}"


def draw_units(shown: Shown) -> None:
    for number, (found, name) in enumerate(zip(shown.found, shown.names)):
        how = {"without_token_only": shown.outside, "reweighted": shown.at_reference}
        chosen = expert_set(found.expertise, shown.tau, **how).unit_ids
        if shown.compared:
            st.subheader(plain(name))
        if not len(chosen):
            shown.no_expert()
            continue
        ap = shown.ap(found)
        best = chosen[np.argsort(-ap[chosen], kind="stable")[:ROWS]]
        _draw(_rows(found, best, ap), f"units {number}")
        table_download(
            partial(_rows, found, chosen, ap),
            f"experts, {name} in {found.about['model']}, tau {shown.tau:.2f}",
            f"All {len(chosen):,} experts as CSV",
            key=f"units {number}",
        )
    st.caption(
        "These units stand here because their AP is high, so part of it is luck of the draw: on new sentences "
        "it comes out a little lower. To know how much, choose units on one half of the sentences and read their AP on "
        "the other half (split-half AP)."
    )


def _rows(found: Found, unit_ids: np.ndarray, ap: np.ndarray) -> pd.DataFrame:
    """`expert_table`, with AP as it is read on this page, best first."""
    table = expert_table(found.expertise, unit_ids)
    if ap is not found.expertise.ap:
        ids = np.sort(unit_ids)
        order = np.argsort(-found.expertise.ap[ids], kind="stable")
        table[COMPARED] = ap[ids[order]]
        table = table.sort_values(COMPARED, ascending=False, kind="stable")
    return table


def _draw(table: pd.DataFrame, key: str) -> None:
    compared = [COMPARED] if COMPARED in table else []
    number = st.column_config.NumberColumn
    bar = st.column_config.ProgressColumn(min_value=0, max_value=1, format="%.3f", help=words("AP"))
    means = ("mean with", "mean without")
    unit_rows(
        table,
        key,
        height=min(38 + 35 * len(table), 530),
        column_order=["unit", *compared, "AP", "AUROC", "layer", "kind", *means, "token only"],
        column_config={
            "unit": st.column_config.TextColumn(help="module : index", width=290, pinned=True),
            "AP": number(format="%.3f") if compared else bar,
            COMPARED: bar,
            "AUROC": number(format="%.3f", help=words("AUROC")),
            "mean with": number(format="%.3f", help="Mean response to the sentences with the concept."),
            "mean without": number(format="%.3f", help="Mean response to the sentences without it."),
            "token only": st.column_config.CheckboxColumn(help=words("token-only")),
        },
    )


def draw_found(chosen: Selection, found: list[Found], section: str) -> None:
    """One section of the page (a key of `SECTIONS`) for some results, the chosen concept's first."""
    draw_warnings(chosen, {result.concept.key: result.expertise.warnings for result in found})
    if unequal(found):
        st.toggle(
            "AP as it is",
            help="These concepts have unequal shares of positive sentences, so their AP cannot be compared as it "
            "is. It is read at prevalence 2/7 (400 with, 1,000 without) unless this is on.",
            **bound(RAW),
        )
    these = shown(found, view.get(RAW))
    if these.at_reference:
        st.caption(
            "AP is read at prevalence 2/7, because the concepts have unequal shares of positive sentences."
        )
    if section != "glance":
        _moving(section, these, {})
        return
    controls = read_controls(chosen, these)
    _moving(section, these, controls)
    draw_control_jobs(chosen, these, controls)
    _origin(chosen, found[0])
    with st.expander("What the model read"):
        st.dataframe({"sentences with the concept": chosen.concept.positives[:200]}, hide_index=False)


@st.fragment
@explained()
def _moving(section: str, these: Shown, controls: Controls) -> None:
    tau, outside = draw_settings(tau=section != "tau", parts=section != "units", share=section != "units")
    now = replace(these, tau=tau, outside=outside)
    if section == "tau":
        draw_over_tau(now)
    elif section == "units":
        draw_units(now)
    else:
        draw_headline(now)
        draw_distribution(now)
        draw_controls(now, controls)


def _origin(chosen: Selection, found: Found) -> None:
    """The day of a shipped result, and the way to have this computer's own; nothing for a result computed here."""
    day = found.about.get("shipped")
    if not day:
        return
    plan = planned(chosen.request(found.concept.key), chosen.library)
    if followed(find_job(plan, HERE)):
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(plain(f"{found.concept.key}: shipped, computed on {day}"), width="content")
        told = "The model reads the sentences on this computer; its own result then takes the place of the shipped one."
        label, look = "Compute it here", {"icon": "refresh", "key": HERE, "type": "tertiary", "help": told}
        view.button(label, start_find, plan, HERE, **look)

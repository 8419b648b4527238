"""The top units as a table: fifty on the page, all of them in the file."""

from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from expertlens_core.experts import expert_set
from expertlens_core.figures import expert_table
from expertlens_core.pipeline import Found
from pages.parts.experts.shown import Shown
from pages.shared.glossary import words
from pages.shared.plain import plain
from pages.shared.show import table_download

ROWS = 50
COMPARED = "AP at prevalence 2/7"


def draw_units(shown: Shown, tau: float, outside: bool) -> None:
    """The best experts of each concept shown."""
    for number, (found, name) in enumerate(zip(shown.found, shown.names)):
        chosen = expert_set(
            found.expertise, tau, without_token_only=outside, reweighted=shown.at_reference
        ).unit_ids
        if shown.compared:
            st.subheader(plain(name))
        if not len(chosen):
            st.info(
                f"No unit has an AP above {tau:.2f}. Lower tau to see experts.",
                icon=":material/filter_alt_off:",
            )
            continue
        ap = shown.ap(found)
        best = chosen[np.argsort(-ap[chosen], kind="stable")[:ROWS]]
        _draw(_rows(found, best, ap), f"units {number}")
        table_download(
            partial(_rows, found, chosen, ap),
            f"experts, {name} in {found.about['model']}, tau {tau:.2f}",
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
    st.dataframe(
        table,
        hide_index=True,
        key=key,
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

"""The headline numbers: how many experts, and how surprising that is."""

from typing import Any

import pandas as pd
import streamlit as st

from expertlens_core.experts import ExpectedUnits
from pages.parts.experts.shown import Shown
from pages.shared.glossary import words


def draw_headline(shown: Shown, tau: float, outside: bool) -> None:
    """Four numbers for one concept; a small table for several."""
    experts = shown.counts.experts(tau, without_token_only=outside).tolist()
    units = shown.units(outside)
    if shown.compared:
        _table(shown, experts, units, tau)
    else:
        _numbers(shown, experts[0], units, tau)
    if not any(experts):
        st.info(
            f"No unit has an AP above {tau:.2f}. Lower tau to see experts.", icon=":material/filter_alt_off:"
        )


def _numbers(shown: Shown, experts: int, units: int, tau: float) -> None:
    expertise = shown.first.expertise
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


def _table(shown: Shown, experts: list[int], units: int, tau: float) -> None:
    rows = [
        {
            "concept": name,
            "experts": count,
            "share of units": count / units,
            "expected by luck": luck_text(shown.null(found).expected_units(tau, units)),
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

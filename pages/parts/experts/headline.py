"""The headline numbers: how many experts, and how surprising that is."""

from __future__ import annotations

from typing import Any

import pandas as pd
import streamlit as st

from expertlens_core.experts import ExpectedUnits
from pages.parts.experts.counts import Shown
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
    quiet: dict[str, Any] = {"delta_color": "off", "delta_arrow": "off", "width": 150}
    with st.container(horizontal=True, gap="small"):
        st.metric(
            "Experts",
            f"{experts:,}",
            f"{experts / units:.2%} of {units:,} units",
            help=f"Units whose average precision (AP) for this concept lies above tau = {tau:.2f}.",
            **(quiet | {"width": 185}),
        )
        st.metric(
            "Expected by luck",
            luck_text(shown.null(shown.first).expected_units(tau, units)),
            help=words("expected by luck")
            + " 10,000 random rankings of the same numbers of sentences. '<' marks an upper bound (95 %), where none "
            "of them reached tau.",
            **quiet,
        )
        st.metric(
            "Prevalence",
            f"{expertise.prevalence:.2f}",
            f"{expertise.positives:,} with, {expertise.negatives:,} without",
            help=words("prevalence"),
            **(quiet | {"width": 185}),
        )
        st.metric(
            "Best AP",
            f"{expertise.ap.max():.2f}",
            help="Average precision of the best unit: 1.00 ranks every sentence with the concept above every "
            "sentence without it.",
            **quiet,
        )


def _table(shown: Shown, experts: list[int], units: int, tau: float) -> None:
    rows = [
        {
            "concept": name,
            "experts": count,
            "share of units": count / units,
            "expected by luck": luck_text(shown.null(found).expected_units(tau, units)),
            "sentences": f"{found.expertise.positives:,} with, {found.expertise.negatives:,} without",
            "prevalence": found.expertise.prevalence,
            "best AP": float(
                (found.expertise.comparable_ap if shown.at_reference else found.expertise.ap).max()
            ),
        }
        for name, found, count in zip(shown.names, shown.found, experts)
    ]
    st.dataframe(
        pd.DataFrame(rows),
        hide_index=True,
        column_config={
            "experts": st.column_config.NumberColumn(format="localized"),
            "share of units": st.column_config.NumberColumn(format="percent"),
            "expected by luck": st.column_config.TextColumn(help=words("expected by luck")),
            "prevalence": st.column_config.NumberColumn(format="%.2f", help=words("prevalence")),
            "best AP": st.column_config.NumberColumn(format="%.2f"),
        },
    )


def luck_text(luck: ExpectedUnits) -> str:
    """``< 2.1``, ``14``, ``0.4``: a number that a reader can hold against a count of units."""
    digits = 0 if luck.count >= 100 else 1 if luck.count >= 0.1 else 3
    return ("< " if luck.is_bound else "") + f"{luck.count:,.{digits}f}"

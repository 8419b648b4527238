"""The distribution over layers at the paper's five thresholds, one strip each."""

from __future__ import annotations

import streamlit as st

from expertlens_core import figures
from pages.parts.experts.counts import Shown
from pages.shared import view
from pages.shared.choices.experts import PART, PER_UNIT
from pages.shared.plain import plain
from pages.shared.show import draw_chart, figure_downloads


def draw_over_tau(shown: Shown, outside: bool) -> None:
    """A stack of strips per concept, two stacks side by side where concepts are compared."""
    st.caption(
        "Each strip has a scale of its own: compare where the experts sit, not how high the bars are. The number "
        "of experts stands above each strip."
    )
    columns = st.columns(2, gap="medium") if shown.compared else [st.container()]
    for number, (found, name) in enumerate(zip(shown.found, shown.names)):
        table = figures.tau_table(
            shown.counts, found.concept.key, by=view.get(PART), without_token_only=outside
        )
        chart = figures.tau_panels(table, per_unit=view.get(PER_UNIT), by=view.get(PART))
        with columns[number % len(columns)]:
            if shown.compared:
                st.subheader(plain(name))
            draw_chart(chart, alt=f"Experts of {name} by layer at tau 0.5, 0.6, 0.7, 0.8 and 0.9.")
            figure_downloads(
                chart,
                f"experts over tau, {name}",
                table.assign(concept=name),
                title=f"Experts of {name} by layer and tau",
                lines=shown.caption(None, outside),
                key=f"over tau {number}",
            )

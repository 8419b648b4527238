"""The evidence behind a node of the map: how many experts, and which concepts are nearest."""

from __future__ import annotations

import pandas as pd
import streamlit as st
from streamlit.elements.lib.column_types import ColumnConfig

from expertlens_core.analysis.similarity_matrix import SimilarityMatrix
from pages.parts.map.results import MapResults
from pages.shared import view
from pages.shared.choices.map import FOCUS
from pages.shared.glossary import words
from pages.shared.plain import plain
from pages.shared.selection import CONCEPT, choose_concept, default_concept
from pages.shared.show import table_download

NEAREST = 12


def draw_concept(results: MapResults, matrix: SimilarityMatrix, key: str) -> None:
    """A node: its experts, its nearest concepts, and the ways on."""
    st.subheader(plain(key))
    domain = results.drawn.domains.get(key, "")
    role = "the broader concept of" if key in results.drawn.broader else "in"
    if domain:
        st.markdown(f":gray[{role} the domain] {plain(domain)}")
    if matrix.set_sizes is not None:
        st.metric(
            "Experts", f"{matrix.set_sizes[matrix.position[key]]:,}", help=words("expert"), width="content"
        )
    chosen = (view.get(CONCEPT) or default_concept(results.found.plan.library)) == key
    with st.container(horizontal=True):
        st.button(
            "Chosen on all pages" if chosen else "Choose this concept",
            type="primary",
            disabled=chosen,
            icon=":material/check:" if chosen else ":material/ads_click:",
            on_click=choose_concept,
            args=(key,),
            key="choose this concept",
            help="The other pages then show it.",
        )
        if chosen:
            st.page_link("experts.py", label="Its experts", icon=":material/bar_chart:")
        st.button(
            "Close",
            on_click=view.put,
            args=(FOCUS, ()),
            key="close",
            type="tertiary",
            icon=":material/close:",
        )
    nearest = matrix.nearest(key, NEAREST)
    table = pd.DataFrame(
        {
            "nearest concepts": [other for other, _ in nearest],
            matrix.label: [value for _, value in nearest],
            "domain": [results.drawn.domains.get(other, "") for other, _ in nearest],
        }
    )
    st.session_state["nearest rows"] = (key, tuple(table["nearest concepts"]))
    st.dataframe(
        table,
        hide_index=True,
        key="nearest",
        on_select=_open_pair,
        selection_mode="single-row",
        height=38 + 35 * len(table),
        column_config={
            "nearest concepts": st.column_config.TextColumn(width=110),
            matrix.label: _value_column(matrix),
        },
    )
    st.caption("Choose a row to see what the two share.")
    table_download(table, f"nearest to {key}, {matrix.label}", key="nearest")


def _value_column(matrix: SimilarityMatrix) -> ColumnConfig:
    if matrix.measure != "jaccard":
        return st.column_config.NumberColumn(format="%.4f")
    pairs = matrix.pair_values
    most = float(pairs.max()) if len(pairs) else 1.0
    return st.column_config.ProgressColumn(min_value=0, max_value=max(most, 0.01), format="%.3f", width=90)


def _open_pair() -> None:
    """Show the pair of the concept and the chosen row."""
    rows = st.session_state["nearest"]["selection"]["rows"]
    key, others = st.session_state["nearest rows"]
    if rows and rows[0] < len(others):
        view.put(FOCUS, (key, others[rows[0]]))

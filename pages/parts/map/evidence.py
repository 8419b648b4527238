"""What is in focus: a concept with its nearest ones, or a pair; else the most alike pairs, to begin with."""

import numpy as np
import pandas as pd
import streamlit as st

from expertlens_core.analysis.similarity_matrix import SimilarityMatrix
from pages.parts.map.pair import Room, draw_pair
from pages.parts.map.results import MapResults
from pages.parts.map.settings import Settings
from pages.shared import view
from pages.shared.choices.map import FOCUS
from pages.shared.glossary import words
from pages.shared.plain import plain
from pages.shared.selection import CONCEPT, choose_concept, default_concept
from pages.shared.show import choose_row, table_download

NEAREST, STRONGEST = 12, 10


def focus_in(results: MapResults) -> tuple[str, ...]:
    """The concept, or the two of a pair, whose evidence is shown, as far as they have results."""
    return tuple(key for key in view.get(FOCUS) if key in results.concepts)


def draw_focus(
    results: MapResults,
    settings: Settings,
    matrix: SimilarityMatrix,
    hint: str,
    *,
    strongest: bool = True,
    room: Room = "panel",
) -> None:
    """The evidence of what is in focus; where nothing is, the hint and, if wanted, the strongest pairs."""
    match focus_in(results):
        case (first, second):
            draw_pair(results, settings, first, second, room=room)
        case (key,):
            _draw_concept(results, matrix, key)
        case _:
            st.markdown(hint)
            if strongest:
                _draw_strongest(matrix)


def strongest_pairs(matrix: SimilarityMatrix, count: int = STRONGEST) -> list[tuple[str, str]]:
    """The pairs of two different concepts that are most alike, ties by library order."""
    first, second = np.triu_indices(len(matrix.concepts), 1)
    order = np.argsort(-matrix.likeness[first, second], kind="stable")[:count]
    return [(matrix.concepts[first[place]], matrix.concepts[second[place]]) for place in order]


def _draw_strongest(matrix: SimilarityMatrix) -> None:
    """A button for each of the most alike pairs; a press shows its evidence."""
    st.caption("The most alike pairs:")
    with st.container(gap=None):
        for number, pair in enumerate(strongest_pairs(matrix)):
            label = plain(f"{pair[0]} – {pair[1]}  {matrix.between(*pair):.3f}")
            view.button(label, view.put, FOCUS, pair, key=f"strong {number}", type="tertiary")


def _draw_concept(results: MapResults, matrix: SimilarityMatrix, key: str) -> None:
    """A concept: its experts, its nearest concepts, and the ways on."""
    st.subheader(plain(key))
    domains = results.drawn.domains
    if domain := domains.get(key):
        role = "the broader concept of" if key in results.drawn.broader else "in"
        st.markdown(f":gray[{role} the domain] {plain(domain)}")
    if matrix.set_sizes is not None:
        size = f"{matrix.set_sizes[matrix.position[key]]:,}"
        st.metric("Experts", size, help=words("expert"), width="content")
    chosen = (view.get(CONCEPT) or default_concept(results.found.plan.library)) == key
    with st.container(horizontal=True):
        view.button(
            "Chosen on all pages" if chosen else "Choose this concept",
            choose_concept,
            key,
            icon="check" if chosen else "ads_click",
            type="primary",
            disabled=chosen,
            key="choose this concept",
            help="The other pages then show it.",
        )
        if chosen:
            st.page_link("experts.py", label="Its experts", icon=":material/bar_chart:")
        view.button("Close", view.put, FOCUS, (), icon="close", key="close", type="tertiary")
    nearest = matrix.nearest(key, NEAREST)
    names = [other for other, _ in nearest]
    table = pd.DataFrame(
        {
            "nearest concepts": names,
            matrix.label: [value for _, value in nearest],
            "domain": [domains.get(other, "") for other in names],
        }
    )
    column = st.column_config
    value = column.NumberColumn(format="%.4f")
    if matrix.measure == "jaccard":
        most = max([0.01, *matrix.pair_values])
        value = column.ProgressColumn(min_value=0, max_value=float(most), format="%.3f", width=90)
    choose_row(
        table,
        "nearest",
        names,
        lambda other: view.put(FOCUS, (key, other)),
        height=38 + 35 * len(table),
        column_config={"nearest concepts": column.TextColumn(width=110), matrix.label: value},
    )
    st.caption("Choose a row to see what the two share.")
    table_download(table, f"nearest to {key}, {matrix.label}", key="nearest")

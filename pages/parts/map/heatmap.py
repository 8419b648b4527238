"""The clustered heatmap: one picture, however many concepts; a click shows the pair."""

from typing import Any

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

from expertlens_core import figures
from expertlens_core.analysis.similarity_matrix import SimilarityMatrix
from expertlens_core.figures import Figure
from expertlens_core.figures.concept_heatmap import EACH, TILES
from pages.parts.map.evidence import draw_focus
from pages.parts.map.results import MapResults, draw_settings
from pages.shared import view
from pages.shared.choices.map import FOCUS, MEASURES
from pages.shared.frame import explained
from pages.shared.show import methods, show

_KEY, _CELL = "heatmap", "cell"


@st.fragment
@explained()
def draw_heatmap(results: MapResults) -> None:
    results = draw_settings(results, measure=True)
    matrix = results.matrix()
    if matrix is None:
        return
    drawn = figures.heatmap(matrix)
    order, about = drawn.order, results.found.about

    def table() -> pd.DataFrame:
        names = [matrix.concepts[row] for row in order]
        cells = pd.DataFrame(matrix.values[np.ix_(order, order)], columns=names)
        cells.insert(0, "concept", names, allow_duplicates=True)
        return cells

    def take_click() -> None:
        cells = st.session_state[_KEY]["selection"].get(_CELL, [])
        if cells and (pair := pair_of_tile(matrix, order, int(cells[0]["x"]), int(cells[0]["y"]))):
            view.put(FOCUS, pair)

    chart = figures.heatmap_chart(matrix, drawn, size=700)
    figure = Figure(
        chart,
        table,
        f"Similarity of concepts, {matrix.label}",
        f"Similarity of {len(matrix.concepts)} concepts, alike ones side by side, by {matrix.label}.",
        f"similarity, {about['library']} in {about['model']}, {matrix.label}",
        results.lines(),
    )
    each = len(matrix.concepts) <= EACH
    note = f"{MEASURES[results.measure]}, clustered so that alike concepts stand side by side. " + (
        "Click a cell to see its pair." if each else "Click a tile to see its most alike pair."
    )
    left, right = st.columns([5, 2], gap="medium")
    with left:
        click: dict[str, Any] = {"on_select": take_click, "selection_mode": _CELL}
        show(figure, note, key=_KEY, drawn=clickable(chart), width="stretch", **click)
        methods(about, results.tau, results.outside)
    with right:
        draw_focus(results, matrix, "**Click the heatmap** to see what two concepts share.")


def clickable(chart: alt.LayerChart) -> alt.LayerChart:
    made = chart.copy(deep=True)
    click = alt.selection_point(name=_CELL, fields=["x", "y"], toggle=False)
    made.layer[-1] = made.layer[-1].add_params(click)
    return made


def pair_of_tile(matrix: SimilarityMatrix, order: np.ndarray, x: int, y: int) -> tuple[str, str] | None:
    """The most alike pair of a tile that starts at column `x` and row `y`; None where it holds none."""
    step = 1 if len(order) <= EACH else -(-len(order) // TILES)
    rows, columns = order[y : y + step], order[x : x + step]
    likeness = np.array(matrix.likeness[np.ix_(rows, columns)], dtype=np.float64)
    likeness[(rows[:, None] == columns[None, :]) | ~np.isfinite(likeness)] = -np.inf
    if not likeness.size or likeness.max() == -np.inf:
        return None
    row, column = np.unravel_index(int(likeness.argmax()), likeness.shape)
    return matrix.concepts[rows[row]], matrix.concepts[columns[column]]

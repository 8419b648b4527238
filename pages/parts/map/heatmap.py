"""The clustered heatmap: one picture, however many concepts; a click shows the pair."""

from __future__ import annotations

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

from expertlens_core import figures
from expertlens_core.analysis.similarity_matrix import SimilarityMatrix
from expertlens_core.errors import InputError
from expertlens_core.figures.concept_heatmap import EACH, TILES, Heatmap
from pages.parts.map.concept import draw_concept
from pages.parts.map.downloads import caption_lines, draw_methods
from pages.parts.map.evidence import draw_pair
from pages.parts.map.results import MapResults
from pages.parts.map.settings import draw_settings
from pages.parts.map.strongest import draw_strongest
from pages.shared import view
from pages.shared.choices.map import FOCUS, MEASURES
from pages.shared.frame import explain
from pages.shared.plain import plain
from pages.shared.show import draw_chart, figure_downloads

_KEY, _CELL = "heatmap", "cell"


@st.fragment
def draw_heatmap(results: MapResults) -> None:
    """Everything that moves with the settings."""
    try:
        _draw(results)
    except InputError as problem:
        explain(str(problem))


def _draw(results: MapResults) -> None:
    settings = draw_settings(measure=True)
    matrix = results.matrix(settings.measure, settings.tau, settings.outside)
    if matrix is None:
        return
    drawn = figures.heatmap(matrix)
    chart = figures.heatmap_chart(matrix, drawn, size=700)
    focus = tuple(key for key in view.get(FOCUS) if key in results.concepts)
    left, right = st.columns([5, 2], gap="medium")
    with left:
        st.session_state[f"{_KEY} drawn"] = (matrix, drawn)
        draw_chart(
            clickable(chart),
            key=_KEY,
            on_select=_take_click,
            selection_mode=_CELL,
            width="stretch",
            alt=f"Similarity of {len(matrix.concepts)} concepts, alike ones side by side, by {matrix.label}.",
        )
        each = len(matrix.concepts) <= EACH
        st.caption(
            f"{MEASURES[settings.measure]}, "  # type: ignore[index]
            "clustered so that alike concepts stand side by side. "
            + ("Click a cell to see its pair." if each else "Click a tile to see its most alike pair.")
        )
        st.caption(plain(" | ".join(caption_lines(results, settings))))
        figure_downloads(
            chart,
            f"similarity, {results.found.about['library']} in {results.found.about['model']}, {matrix.label}",
            table_of(matrix, drawn),
            title=f"Similarity of concepts, {matrix.label}",
            lines=caption_lines(results, settings),
            key="heatmap",
        )
        draw_methods(results, settings)
    with right:
        if len(focus) == 2:
            draw_pair(results, settings, *focus)
        elif focus:
            draw_concept(results, matrix, focus[0])
        else:
            st.markdown("**Click the heatmap** to see what two concepts share.")
            draw_strongest(matrix)


def clickable(chart: alt.LayerChart) -> alt.LayerChart:
    """The chart with its tiles answering a click."""
    made = chart.copy(deep=True)
    made.layer[-1] = made.layer[-1].add_params(
        alt.selection_point(name=_CELL, fields=["x", "y"], toggle=False)
    )
    return made


def table_of(matrix: SimilarityMatrix, drawn: Heatmap) -> pd.DataFrame:
    """One row and one column per concept, in the order drawn."""
    names = [matrix.concepts[row] for row in drawn.order]
    table = pd.DataFrame(matrix.values[np.ix_(drawn.order, drawn.order)], columns=names)
    table.insert(0, "concept", names, allow_duplicates=True)
    return table


def pair_of_tile(matrix: SimilarityMatrix, order: np.ndarray, x: int, y: int) -> tuple[str, str] | None:
    """The most alike pair of a tile that starts at column `x` and row `y`; None where it holds none."""
    count = len(order)
    step = 1 if count <= EACH else -(-count // TILES)
    rows, columns = order[y : y + step], order[x : x + step]
    likeness = np.array(matrix.likeness[np.ix_(rows, columns)], dtype=np.float64)
    likeness[rows[:, None] == columns[None, :]] = -np.inf
    likeness[~np.isfinite(likeness)] = -np.inf
    if not likeness.size or likeness.max() == -np.inf:
        return None
    row, column = np.unravel_index(int(likeness.argmax()), likeness.shape)
    return matrix.concepts[rows[row]], matrix.concepts[columns[column]]


def _take_click() -> None:
    cells = st.session_state[_KEY]["selection"].get(_CELL, [])
    if not cells:
        return
    matrix, drawn = st.session_state[f"{_KEY} drawn"]
    pair = pair_of_tile(matrix, drawn.order, int(cells[0]["x"]), int(cells[0]["y"]))
    if pair is not None:
        view.put(FOCUS, pair)

"""The clustered heatmap: one picture beneath two axes, however many concepts there are.

A rectangle per cell would be 48 MB of specification at 751 concepts; a picture of one pixel per cell is a few
hundred kilobytes, and what the pointer needs is held in coarser tiles.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass

import altair as alt
import numpy as np
import pandas as pd

from ..analysis.similarity_matrix import SimilarityMatrix
from . import pixels as px
from .concept_order import clustered_order
from .printable import printable

EACH = 64
"""Up to so many concepts, every pair answers the pointer."""
TILES = 48
"""Tiles per side that answer it beyond."""
LABELS = 60
"""Concept names per axis; where there are more concepts, every so many of them is named."""


@dataclass(frozen=True, eq=False)
class Heatmap:
    """A similarity matrix as a picture."""

    png: bytes
    """One pixel per cell, first concept at the top left."""
    order: np.ndarray
    """`[concepts]` rows of the matrix, in the order drawn."""
    low: float
    """Value of the lightest colour."""
    high: float
    """Value of the darkest; the diagonal stands apart, in grey."""

    @property
    def uri(self) -> str:
        """The picture as a data URI."""
        return "data:image/png;base64," + base64.b64encode(self.png).decode()


def heatmap(matrix: SimilarityMatrix, order: np.ndarray | None = None) -> Heatmap:
    """Draw the matrix, dark where two concepts are alike.

    The scale runs from the least to the 99.5th percentile of the pairs (Jaccard is near 0 nearly everywhere);
    larger values share the darkest colour. For a divergence it is turned round.

    Args:
        matrix: what to draw.
        order: `[concepts]` rows to draw, in order; None clusters them.
    """
    order = clustered_order(matrix) if order is None else order
    values = matrix.values[np.ix_(order, order)]
    pairs = matrix.pair_values[np.isfinite(matrix.pair_values)]
    if not len(pairs):
        low, high = 0.0, 1.0
    elif matrix.is_divergence:
        low, high = (float(q) for q in np.quantile(pairs, [1.0, 0.005]))
    else:
        low, high = (float(q) for q in np.quantile(pairs, [0.0, 0.995]))
    cells = px.levels(-values, -low, -high) if matrix.is_divergence else px.levels(values, low, high)
    own = order[:, None] == order[None, :]
    cells[own] = px.SELF
    return Heatmap(px.png(cells), order, low, high)


def heatmap_chart(
    matrix: SimilarityMatrix, drawn: Heatmap | None = None, *, size: int = 640
) -> alt.LayerChart:
    """The heatmap as a chart: the picture, named axes, and tiles that answer the pointer.

    Up to `EACH` concepts every pair is a tile of its own; beyond that a tile covers several pairs and its
    tooltip names the first and last concept of its rows and columns, and its mean and largest value. The
    specification stays under a megabyte at 751 concepts. Names are text: Vega draws them on a canvas.

    Args:
        matrix: what is drawn.
        drawn: of `heatmap`; None draws it.
        size: width and height in pixels.
    """
    drawn = heatmap(matrix) if drawn is None else drawn
    count = len(drawn.order)
    names = [printable(matrix.concepts[row]) for row in drawn.order]
    picture = pd.DataFrame({"uri": [drawn.uri], "x": [count / 2], "y": [count / 2]})
    # Both layers carry the same axes: Vega-Lite would fill in for the one that has none, and thin the names out.
    across = alt.X("x:Q", scale=_scale(0, count), axis=_axis(names, angle=-90))
    down = alt.Y("y:Q", scale=_scale(count, 0), axis=_axis(names))
    image = (
        alt.Chart(picture)
        .mark_image(width=alt.expr("width"), height=alt.expr("height"), aspect=False, smooth=False)
        .encode(
            x=across,
            y=down,
            url="uri:N",
        )
    )
    step = _step(count)
    spans = _texts(_spans(names, step))
    tiles = (
        alt.Chart(_tiles(matrix, drawn, step))
        .transform_calculate(
            x2=f"min(datum.x + {step}, {count})",
            y2=f"min(datum.y + {step}, {count})",
            rows=f"{spans}[datum.y / {step}]",
            columns=f"{spans}[datum.x / {step}]",
        )
        .mark_rect(opacity=0.001)
        .encode(
            x=across,
            x2="x2:Q",
            y=down,
            y2="y2:Q",
            fill=alt.Fill(
                "mean:Q",
                title=matrix.label,
                scale=alt.Scale(domain=[drawn.low, drawn.high], range=px.scale_colours(), clamp=True),
                legend=alt.Legend(orient="right", gradientLength=200, gradientOpacity=1),
            ),
            tooltip=[
                alt.Tooltip("rows:N", title="rows"),
                alt.Tooltip("columns:N", title="columns"),
                alt.Tooltip("mean:Q", title="mean" if step > 1 else matrix.label, format=".3f"),
                *([alt.Tooltip("most:Q", title="largest", format=".3f")] if step > 1 else []),
            ],
        )
    )
    return alt.LayerChart(layer=[image, tiles]).properties(width=size, height=size)


def _scale(first: int, last: int) -> alt.Scale:
    return alt.Scale(domain=[first, last], nice=False, zero=False)


def _axis(names: list[str], angle: int = 0) -> alt.Axis:
    """Names at the middle of their rows. They travel as a JSON string inside the expression."""
    step = -(-len(names) // LABELS)
    shown = list(range(0, len(names), step))
    return alt.Axis(
        values=[number + 0.5 for number in shown],
        labelExpr=f"{_texts(names[::step])}[floor(datum.value / {step})]",
        labelAngle=angle,
        labelFontSize=9 if len(shown) > 30 else 11,
        labelLimit=110,
        labelOverlap=False,
        title=None,
        grid=False,
        ticks=False,
        domain=False,
    )


def _texts(names: list[str]) -> str:
    """Vega's expression language reads JSON strings; nothing of a name can end the string."""
    import json

    return json.dumps(names)


def _step(count: int) -> int:
    return 1 if count <= EACH else -(-count // TILES)


def _spans(names: list[str], step: int) -> list[str]:
    """First and last name of each run of `step` concepts."""
    runs = [names[first : first + step] for first in range(0, len(names), step)]
    return [run[0] if len(run) == 1 else f"{run[0]} … {run[-1]}" for run in runs]


def _tiles(matrix: SimilarityMatrix, drawn: Heatmap, step: int) -> pd.DataFrame:
    """Left and upper edge of each tile, and mean and largest value of the pairs in it."""
    starts = np.arange(0, len(drawn.order), step)
    values = np.array(matrix.values[np.ix_(drawn.order, drawn.order)], dtype=np.float64)
    np.fill_diagonal(values, np.nan)
    known = np.isfinite(values)
    counts = _summed(known.astype(np.float64), starts).ravel()
    sums = _summed(np.where(known, values, 0.0), starts).ravel()
    most = np.where(known, values, -np.inf)
    most = np.maximum.reduceat(np.maximum.reduceat(most, starts, axis=0), starts, axis=1).ravel()
    kept = counts > 0
    rows, columns = np.divmod(np.flatnonzero(kept), len(starts))
    table = {"x": starts[columns], "y": starts[rows], "mean": np.round(sums[kept] / counts[kept], 4)}
    return pd.DataFrame(table | ({"most": np.round(most[kept], 4)} if step > 1 else {}))


def _summed(values: np.ndarray, starts: np.ndarray) -> np.ndarray:
    return np.add.reduceat(np.add.reduceat(values, starts, axis=0), starts, axis=1)

"""The clustered heatmap: one picture beneath two axes, however many concepts there are.

A rectangle per cell would be 48 MB of specification at 751 concepts; a picture of one pixel per cell is a few
hundred kilobytes, and what the pointer needs is held in coarser tiles.
"""

import base64
import io
import json
from dataclasses import dataclass

import altair as alt
import numpy as np
import pandas as pd

from ..analysis.similarity_matrix import SimilarityMatrix
from .encoding import tooltip
from .text import printable

EACH = 64
"""Up to so many concepts, every pair answers the pointer."""
TILES = 48
"""Tiles per side that answer it beyond."""
_LABELS = 60
"""Concept names per axis; where there are more concepts, every so many of them is named."""
_LEVELS = 254
"""Steps of the scale; two more palette entries are for what has no place on it."""
_NO_VALUE, _SELF = 254, 255
_STOPS = ("#f7fbff", "#c6dbef", "#6baed6", "#2171b5", "#08306b")
"""White to dark blue: ColorBrewer's Blues, which also reads in grey and to colour-blind eyes."""


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


def heatmap(matrix: SimilarityMatrix, order: np.ndarray | None = None) -> Heatmap:
    """Draw the matrix, dark where two concepts are alike.

    The scale runs from the least to the 99.5th percentile of the pairs (Jaccard is near 0 nearly everywhere);
    larger values share the darkest colour. For a divergence it is turned round.

    Args:
        matrix: what to draw.
        order: `[concepts]` rows to draw, in order; None clusters them.
    """
    from PIL import Image

    order = clustered_order(matrix) if order is None else order
    pairs = matrix.pair_values[np.isfinite(matrix.pair_values)]
    low, high = 0.0, 1.0
    if len(pairs):
        low, high = np.quantile(pairs, [1.0, 0.005] if matrix.is_divergence else [0.0, 0.995]).tolist()
    values = matrix.values[np.ix_(order, order)]
    finite = np.isfinite(values)
    spread = high - low or (-1.0 if matrix.is_divergence else 1.0)
    share = (np.where(finite, values, low) - low) / spread
    cells = np.round(np.clip(share, 0.0, 1.0) * (_LEVELS - 1)).astype(np.uint8)
    cells[~finite] = _NO_VALUE
    cells[order[:, None] == order[None, :]] = _SELF
    image = Image.fromarray(cells, "P")
    image.putpalette(palette().tobytes())
    png = io.BytesIO()
    image.save(png, "PNG", compress_level=9)
    return Heatmap(png.getvalue(), order, low, high)


def palette() -> np.ndarray:
    """`[256, 3]` uint8 colours of the levels, then of no value (light grey) and of the diagonal (mid grey)."""
    stops = np.array([list(bytes.fromhex(stop[1:])) for stop in _STOPS])
    places = np.linspace(0, len(stops) - 1, _LEVELS)
    scale = np.stack([np.interp(places, range(len(stops)), channel) for channel in stops.T], axis=1)
    return np.concatenate([np.round(scale), [(236, 236, 236), (173, 181, 189)]]).astype(np.uint8)


def clustered_order(matrix: SimilarityMatrix) -> np.ndarray:
    """`[concepts]` rows of the matrix, so that alike concepts stand side by side.

    Average-linkage clustering of the distance (largest similarity minus similarity; a divergence is a
    distance already, an infinite one counts as a little more than the largest), with leaves ordered so that
    neighbours are as alike as they can be. That last step grows with the cube of the number of concepts and
    is left out above 300.
    """
    from scipy.cluster.hierarchy import leaves_list, linkage
    from scipy.spatial.distance import squareform

    count = len(matrix.concepts)
    if count < 3:
        return np.arange(count)
    values = np.array(matrix.values, dtype=np.float64)
    off = ~np.eye(count, dtype=bool)
    if matrix.is_divergence:
        finite = values[off & np.isfinite(values)]
        far = 1.1 * float(finite.max()) if len(finite) else 1.0
        distance = np.where(np.isfinite(values), values, far)
    else:
        distance = float(values[off].max()) - values
    distance = np.maximum((distance + distance.T) / 2, 0.0)
    np.fill_diagonal(distance, 0.0)
    tree = linkage(squareform(distance, checks=False), method="average", optimal_ordering=count <= 300)
    return np.asarray(leaves_list(tree), dtype=np.int64)


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
    uri = "data:image/png;base64," + base64.b64encode(drawn.png).decode()
    picture = pd.DataFrame({"uri": [uri], "x": [count / 2], "y": [count / 2]})
    # Both layers carry the same axes: Vega-Lite would fill in for the one that has none, and thin the names out.
    axes = {
        "x": alt.X("x:Q", scale=alt.Scale(domain=[0, count], nice=False, zero=False), axis=_axis(names, -90)),
        "y": alt.Y("y:Q", scale=alt.Scale(domain=[count, 0], nice=False, zero=False), axis=_axis(names, 0)),
    }
    image = (
        alt.Chart(picture)
        .mark_image(width=alt.expr("width"), height=alt.expr("height"), aspect=False, smooth=False)
        .encode(**axes, url="uri:N")
    )
    step = 1 if count <= EACH else -(-count // TILES)
    # First and last name of each run of `step` concepts.
    runs = [names[first : first + step] for first in range(0, count, step)]
    # Vega's expression language reads JSON strings; nothing of a name can end the string.
    spans = json.dumps([run[0] if len(run) == 1 else f"{run[0]} … {run[-1]}" for run in runs])
    fill = alt.Fill(
        "mean:Q",
        title=matrix.label,
        scale=alt.Scale(domain=[drawn.low, drawn.high], range=list(_STOPS), clamp=True),
        legend=alt.Legend(orient="right", gradientLength=200, gradientOpacity=1),
    )
    values = [("mean:Q", "mean", ".3f"), ("most:Q", "largest", ".3f")]
    if step == 1:
        values = [("mean:Q", matrix.label, ".3f")]
    told = tooltip(("rows:N", "rows"), ("columns:N", "columns"), *values)
    tiles = (
        alt.Chart(_tiles(matrix, drawn, step))
        .transform_calculate(
            x2=f"min(datum.x + {step}, {count})",
            y2=f"min(datum.y + {step}, {count})",
            rows=f"{spans}[datum.y / {step}]",
            columns=f"{spans}[datum.x / {step}]",
        )
        .mark_rect(opacity=0.001)
        .encode(**axes, x2="x2:Q", y2="y2:Q", fill=fill, tooltip=told)
    )
    return alt.LayerChart(layer=[image, tiles]).properties(width=size, height=size)


def _axis(names: list[str], angle: int) -> alt.Axis:
    """Names at the middle of their rows. They travel as a JSON string inside the expression."""
    step = -(-len(names) // _LABELS)
    shown = range(0, len(names), step)
    return alt.Axis(
        values=[number + 0.5 for number in shown],
        labelExpr=f"{json.dumps(names[::step])}[floor(datum.value / {step})]",
        labelFontSize=9 if len(shown) > 30 else 11,
        labelAngle=angle, labelLimit=110, labelOverlap=False, title=None, grid=False, ticks=False, domain=False,
    )  # fmt: skip


def _tiles(matrix: SimilarityMatrix, drawn: Heatmap, step: int) -> pd.DataFrame:
    """Left and upper edge of each tile, and mean and largest value of the pairs in it."""
    starts = np.arange(0, len(drawn.order), step)
    values = np.array(matrix.values[np.ix_(drawn.order, drawn.order)], dtype=np.float64)
    np.fill_diagonal(values, np.nan)
    known = np.isfinite(values)

    def over_tiles(reduce: np.ufunc, cells: np.ndarray) -> np.ndarray:
        return reduce.reduceat(reduce.reduceat(cells, starts, axis=0), starts, axis=1).ravel()

    counts = over_tiles(np.add, known.astype(np.float64))
    kept = counts > 0
    rows, columns = np.divmod(np.flatnonzero(kept), len(starts))
    means = over_tiles(np.add, np.where(known, values, 0.0))[kept] / counts[kept]
    table = pd.DataFrame({"x": starts[columns], "y": starts[rows], "mean": np.round(means, 4)})
    if step > 1:
        table["most"] = np.round(over_tiles(np.maximum, np.where(known, values, -np.inf))[kept], 4)
    return table

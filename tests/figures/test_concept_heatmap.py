"""The heatmap: clustered, one pixel per cell, small enough for a page, names as text."""

import io
import json

import numpy as np
import pytest
from PIL import Image

from expertlens_core.analysis.similarity_matrix import SimilarityMatrix
from expertlens_core.figures import clustered_order, heatmap, heatmap_chart, picture
from expertlens_core.figures.concept_heatmap import palette

HOSTILE = ("<img src=x onerror=alert(1)>", '"</script>', "a'b\\", '"]; alert(1); ["', "\x01 \u2028 🦊")


def planted(count, groups, seed=0, measure="jaccard"):
    """Concepts of some groups in random order, alike within a group; and the group of each."""
    rng = np.random.default_rng(seed)
    group = rng.permutation(np.arange(count) % groups)
    values = 0.02 * rng.random((count, count)) + 0.5 * (group[:, None] == group[None, :])
    values = (values + values.T) / 2
    if measure == "kl":
        values = 1 - values
    np.fill_diagonal(values, 0.0 if measure == "kl" else 1.0)
    tau = 0.5 if measure == "jaccard" else None
    return SimilarityMatrix(tuple(f"concept {i}" for i in range(count)), measure, tau, values), group


def decoded(png):
    """`[rows, columns, 3]` as an imaging library reads it."""
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


@pytest.mark.parametrize("measure", ["jaccard", "kl"])
@pytest.mark.parametrize("count", [40, 320])
def test_alike_concepts_stand_together(measure, count):
    matrix, group = planted(count, 5, measure=measure)
    ordered = group[clustered_order(matrix)]
    assert np.count_nonzero(np.diff(ordered)) == 4, "each group in one run"
    assert np.count_nonzero(np.diff(group)) > 20, "which library order does not give"


def test_infinite_divergences_and_tiny_libraries_are_drawn():
    values = np.array([[0, 1, np.inf], [1, 0, np.inf], [np.inf, np.inf, 0.0]])
    drawn = heatmap(SimilarityMatrix(("a", "b", "c"), "kl", None, values))
    assert sorted(drawn.order) == [0, 1, 2]
    for count in (1, 2):
        lone = SimilarityMatrix(("a", "b")[:count], "jaccard", 0.5, np.eye(count))
        assert decoded(heatmap(lone).png).shape == (count, count, 3)
        heatmap_chart(lone).to_dict()


def test_every_pixel_is_its_pairs_colour():
    matrix, _ = planted(30, 3)
    drawn = heatmap(matrix)
    cells = decoded(drawn.png)
    colours = palette()
    values = matrix.values[np.ix_(drawn.order, drawn.order)]
    for row, column in ((0, 1), (3, 17), (29, 0), (12, 13)):
        share = min(1.0, (values[row, column] - drawn.low) / (drawn.high - drawn.low))
        np.testing.assert_array_equal(cells[row, column], colours[round(share * 253)])
    np.testing.assert_array_equal(cells[5, 5], colours[255])
    divergence = heatmap(planted(30, 3, measure="kl")[0])
    alike = decoded(divergence.png)[0, 1].astype(int)
    assert alike.sum() < 300, "small divergences are dark"


def test_751_concepts_fit_in_a_megabyte_and_answer_in_tiles():
    rng = np.random.default_rng(0)
    values = rng.random((751, 751))
    values = (values + values.T) / 2
    matrix = SimilarityMatrix(tuple(f"concept{i}" for i in range(751)), "jaccard", 0.5, values)
    chart = heatmap_chart(matrix, heatmap(matrix, np.arange(751)))
    spec = chart.to_dict()
    assert len(json.dumps(spec)) < 1_000_000, "even where no two pixels are alike"
    tiles = next(rows for rows in spec["datasets"].values() if "mean" in rows[0])
    assert len(tiles) == 47**2
    first = values[:16, :16][~np.eye(16, dtype=bool)]
    assert tiles[0]["mean"] == pytest.approx(first.mean(), abs=1e-4)
    assert tiles[0]["most"] == pytest.approx(first.max(), abs=1e-4)
    few = heatmap_chart(planted(50, 5)[0]).to_dict()
    assert max(map(len, few["datasets"].values())) == 50 * 49, "each pair by itself"


def test_hostile_names_are_text_in_the_drawing():
    matrix = SimilarityMatrix(HOSTILE, "jaccard", 0.5, np.full((5, 5), 0.3) + 0.7 * np.eye(5))
    svg = picture(heatmap_chart(matrix), "svg").decode()
    assert "<img" not in svg
    assert "</script>" not in svg
    assert "&lt;img src=x" in svg
    assert "alert(1); [" in svg
    assert picture(heatmap_chart(matrix), "png").startswith(b"\x89PNG")


def test_the_picture_is_in_the_file():
    matrix, _ = planted(30, 3)
    dark = (decoded(picture(heatmap_chart(matrix), "png")).sum(axis=2) < 250).mean()
    assert dark > 0.15, "a third of the pairs are alike, and drawn dark"

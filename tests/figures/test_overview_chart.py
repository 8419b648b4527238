import re

import numpy as np
import pytest

from expertlens_core.experts import Place, PlaceCounts
from expertlens_core.figures import overview_chart, picture


def drawn(chart) -> dict[tuple[str, int], int]:
    """(concept, layer) → experts of the coloured cells, read from the picture: the browser's unfolding."""
    svg = picture(chart, "svg").decode()
    cells = re.findall(
        r'<path aria-label="layer: (\d+); row: ([^;"]*); experts in the layer: ([\d,]+)[^>]* fill="([^"]+)"',
        svg,
    )
    return {
        (row, int(layer)): int(value.replace(",", ""))
        for layer, row, value, fill in cells
        if fill != "transparent"
    }


@pytest.fixture
def few():
    """Four concepts, two layers of two kinds."""
    places = tuple(Place(layer, kind, "", 50) for layer in (0, 1) for kind in ("attention", "mlp"))
    experts = np.array([[1, 2, 0, 0], [3, 4, 5, 6], [0, 0, 0, 0], [10, 0, 0, 7]])
    return PlaceCounts(0.5, ("cat", "dog", "car", "animals"), places, experts)


DOMAINS = {"car": "vehicles", "cat": "animals", "dog": "animals"}


def test_cells_show_the_experts_of_each_layer_and_nothing_where_there_are_none(few):
    cells = {("cat", 0): 3, ("dog", 0): 7, ("dog", 1): 11, ("animals", 0): 10, ("animals", 1): 7}
    assert drawn(overview_chart(few, DOMAINS)) == cells
    empty = PlaceCounts(0.99, few.concepts, few.places, np.zeros_like(few.experts))
    assert drawn(overview_chart(empty, {})) == {}


def test_concepts_stand_under_their_domain_in_bold_by_number_of_experts(read, few):
    spec = read(overview_chart(few, DOMAINS))
    y = spec.value["encoding"]["y"]
    rows = ["vehicles (1)", "car", "animals (2)", "dog", "cat", "no domain (1)", "animals"]
    assert y["scale"]["domain"] == rows
    bold = y["axis"]["labelFontWeight"]["condition"]["test"]
    assert bold == "indexof([0,2,5], round(datum.index * 6)) >= 0", "by its place, without a name"
    for row in spec.rows:
        assert all(isinstance(value, str | int | float) for value in row.values()), (
            "a list is lost on the way"
        )


def test_a_heading_never_takes_the_row_of_a_concept(read):
    counts = PlaceCounts(0.5, ("x", "a (1)"), (Place(0, "mlp", "", 9),), np.array([[1], [2]]))
    rows = read(overview_chart(counts, {"x": "a", "a (1)": "b"})).value["encoding"]["y"]["scale"]["domain"]
    assert len(set(rows)) == len(rows) == 4


def test_a_share_is_of_all_units_of_the_layer(read, few):
    spec = read(overview_chart(few, DOMAINS, per_unit=True)).value
    assert spec["encoding"]["color"]["condition"]["field"] == "share"
    (units,) = [t["calculate"] for t in spec["transform"] if t.get("as") == "units"]
    assert units == "[100,100]"


@pytest.mark.parametrize("concepts", [159, 751])
def test_a_large_library_stays_below_300_kb_with_one_record_per_concept(read, concepts):
    places = tuple(Place(layer, kind, "", 20_000) for layer in range(36) for kind in ("attention", "mlp"))
    names = tuple(f"concept number {i}" for i in range(concepts))
    experts = np.random.default_rng(0).integers(0, 3_000, (concepts, len(places)))
    domains = {name: f"domain {i % 30}" for i, name in enumerate(names)}
    spec = read(overview_chart(PlaceCounts(0.5, names, places, experts), domains))
    assert spec.size < 300_000
    assert len(spec.rows) == concepts
    assert spec.value["usermeta"]["embedOptions"]["renderer"] == "canvas"

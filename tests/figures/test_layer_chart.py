from __future__ import annotations

import pandas as pd
import pytest

from expertlens_core.figures import distribution_table, layer_chart


@pytest.fixture
def kinds(counts):
    return distribution_table(counts.places(0.5).shares("cat"))


@pytest.fixture
def modules(counts):
    return distribution_table(counts.places(0.5, "module").shares("cat"))


def test_bars_hold_the_counts_and_the_units_of_each_kind(read, kinds):
    rows = read(layer_chart(kinds)).rows
    names = {"attention": "attention", "mlp": "MLP"}
    expected = [
        (row.layer, names[row.kind], row.experts, row.units, pytest.approx(row.share))
        for row in kinds.itertuples()
    ]
    assert [(r["layer"], r["part"], r["experts"], r["units"], r["share"]) for r in rows] == expected
    assert sum(row["experts"] for row in rows) == kinds["experts"].sum() > 0


def test_modules_have_short_names_and_their_paths_in_the_tooltip(read, modules):
    spec = read(layer_chart(modules, by="module"))
    assert [row["part"] for row in spec.rows[:4]] == [
        "query, key, value",
        "attention out",
        "MLP in",
        "MLP out",
    ]
    assert [row["module"] for row in spec.rows] == list(modules["module"])
    assert [row["experts"] for row in spec.rows] == list(modules["experts"])


def test_counts_are_stacked_in_the_order_of_the_block(read, modules):
    spec = read(layer_chart(modules, by="module")).value
    assert spec["encoding"]["order"]["field"] == "place"
    assert spec["encoding"]["color"]["scale"]["domain"][0] == "query, key, value"


def test_shares_are_never_stacked(read, kinds, modules):
    by_kind = read(layer_chart(kinds, per_unit=True)).value
    assert "xOffset" in by_kind["encoding"]
    assert by_kind["encoding"]["y"]["field"] == "share"
    by_module = read(layer_chart(modules, per_unit=True, by="module")).value
    assert by_module["mark"]["type"] == "line"
    assert by_module["encoding"]["shape"]["field"] == "part"


def test_modules_of_one_name_are_summed_and_their_share_is_of_all_their_units(read):
    table = pd.DataFrame(
        {
            "layer": [0, 0],
            "kind": ["mlp", "mlp"],
            "module": ["layers.0.mlp.experts.0.up_proj", "layers.0.mlp.experts.1.up_proj"],
            "experts": [3, 1],
            "units": [10, 30],
            "share": [0.3, 1 / 30],
        }
    )
    (row,) = read(layer_chart(table, by="module")).rows
    assert (row["part"], row["experts"], row["units"], row["share"]) == ("MLP in", 4, 40, 0.1)


@pytest.mark.parametrize("highest", [0, 1, 2, 5])
def test_a_small_axis_writes_whole_numbers_once(read, kinds, highest):
    kinds["experts"] = 0
    kinds.loc[0, "experts"] = highest
    axis = read(layer_chart(kinds)).value["encoding"]["y"]["axis"]
    assert axis["values"] == list(range(highest + 2))


def test_the_table_given_is_left_as_it_was(kinds):
    before = kinds.copy()
    layer_chart(kinds)
    assert kinds.equals(before)

import numpy as np
import pandas as pd
import pytest

from expertlens_core import figures
from expertlens_core.errors import InputError
from expertlens_core.experts import STATISTICS, Expertise, Share

CHOSEN = ["cat", "car", "dog"]


@pytest.fixture
def kinds(counts):
    return figures.distribution_table(counts.places(0.5).shares("cat"))


@pytest.fixture
def modules(counts):
    return figures.distribution_table(counts.places(0.5, "module").shares("cat"))


def test_bars_hold_the_counts_and_the_units_of_each_kind(read, kinds):
    rows = read(figures.layer_chart(kinds)).rows
    expected = kinds.assign(part=kinds["kind"].replace("mlp", "MLP"))
    for column in ("layer", "part", "experts", "units", "share"):
        assert [row[column] for row in rows] == list(expected[column])
    assert sum(row["experts"] for row in rows) == kinds["experts"].sum() > 0


def test_modules_have_short_names_and_their_paths_in_the_tooltip(read, modules):
    spec = read(figures.layer_chart(modules, by="module"))
    parts = [row["part"] for row in spec.rows[:4]]
    assert parts == ["query, key, value", "attention out", "MLP in", "MLP out"]
    assert [row["module"] for row in spec.rows] == list(modules["module"])
    assert [row["experts"] for row in spec.rows] == list(modules["experts"])
    encoding = spec.value["encoding"]
    assert encoding["order"]["field"] == "place", "counts are stacked in the order of the block"
    assert encoding["color"]["scale"]["domain"] == parts


def test_shares_are_never_stacked(read, kinds, modules):
    by_kind = read(figures.layer_chart(kinds, per_unit=True)).value
    assert "xOffset" in by_kind["encoding"]
    assert by_kind["encoding"]["y"]["field"] == "share"
    by_module = read(figures.layer_chart(modules, per_unit=True, by="module")).value
    assert by_module["mark"]["type"] == "line"
    assert by_module["encoding"]["shape"]["field"] == "part"


def test_modules_of_one_name_are_summed_and_their_share_is_of_all_their_units(read):
    places = [
        Share(0, "mlp", f"layers.0.mlp.experts.{i}.up_proj", *n) for i, n in enumerate([(3, 10), (1, 30)])
    ]
    table = figures.distribution_table(places)
    (row,) = read(figures.layer_chart(table, by="module")).rows
    assert (row["part"], row["experts"], row["units"], row["share"]) == ("MLP in", 4, 40, 0.1)


@pytest.mark.parametrize("highest", [0, 1, 2, 5])
def test_a_small_axis_writes_whole_numbers_once(read, kinds, highest):
    kinds["experts"] = 0
    kinds.loc[0, "experts"] = highest
    axis = read(figures.layer_chart(kinds)).value["encoding"]["y"]["axis"]
    assert axis["values"] == list(range(highest + 2))


def test_the_table_given_is_left_as_it_was(kinds):
    before = kinds.copy()
    figures.layer_chart(kinds)
    assert kinds.equals(before)


MODULES = {
    "attention": {
        "query, key, value": ("layers.0.attention.query_key_value", "h.3.attn.c_attn"),
        "query": ("layers.7.self_attn.q_proj",),
        "key": ("layers.7.self_attn.k_proj",),
        "value": ("layers.7.self_attn.v_proj",),
        "attention out": ("layers.0.attention.dense", "h.3.attn.c_proj", "layers.7.self_attn.o_proj"),
    },
    "mlp": {
        "MLP in": ("layers.0.mlp.dense_h_to_4h", "h.3.mlp.c_fc", "layers.7.mlp.up_proj"),
        "MLP gate": ("layers.7.mlp.gate_proj",),
        "MLP out": ("layers.0.mlp.dense_4h_to_h", "h.3.mlp.c_proj", "layers.7.mlp.down_proj"),
        "MLP": ("",),
        "MLP: mixer": ("layers.7.mlp.mixer",),
    },
    "norm": {"layer norm: input_layernorm": ("layers.7.input_layernorm",)},
}


@pytest.mark.parametrize("kind", MODULES)
def test_modules_of_every_family_get_the_same_words(kind):
    for name, paths in MODULES[kind].items():
        assert {figures.module_name(path, kind) for path in paths} == {name}


def test_concepts_stand_below_each_other_in_the_order_of_choice(counts):
    places = counts.places(0.4, "module", without_token_only=True)
    table = figures.concept_table(places, ["dog", "cat"])
    assert list(dict.fromkeys(table["concept"])) == ["dog", "cat"]
    assert set(table["tau"]) == {0.4}
    for concept in ("dog", "cat"):
        rows = table[table["concept"] == concept].drop(columns=["concept", "tau"]).reset_index(drop=True)
        assert rows.equals(figures.distribution_table(places.shares(concept)))
        total = counts.experts(0.4, without_token_only=True)[counts.concepts.index(concept)]
        assert rows["experts"].sum() == total


def test_a_concept_at_every_tau(counts):
    table = figures.tau_table(counts, "cat", (0.3, 0.5), without_token_only=True)
    totals = table.groupby("tau")["experts"].sum().to_dict()
    row = counts.concepts.index("cat")
    assert totals == {tau: counts.experts(tau, without_token_only=True)[row] for tau in (0.3, 0.5)}
    assert totals[0.3] > totals[0.5] > 0


def test_experts_are_listed_best_first_with_ties_by_unit(units):
    values = np.round(np.random.default_rng(0).random(units.count), 1)
    columns = dict.fromkeys((*STATISTICS, "first_token_share"), values)
    found = Expertise("cat", units, **columns, positives=4, negatives=9)
    table = figures.expert_table(found, np.array([100, 5, 70, 3]))
    expected = sorted([3, 5, 70, 100], key=lambda unit: (-values[unit], unit))
    assert list(table["unit"]) == [units.label(unit) for unit in expected]
    assert list(table["AP"]) == list(values[expected])
    assert list(table["token only"]) == [unit < 60 for unit in expected]


@pytest.mark.parametrize("by", ["kind", "module"])
@pytest.mark.parametrize("per_unit", [False, True])
def test_concepts_share_one_vertical_axis_that_holds_every_bar(read, counts, by, per_unit):
    table = figures.concept_table(counts.places(0.4, by), CHOSEN)
    views = read(figures.concept_panels(table, per_unit=per_unit, by=by)).value["vconcat"]
    tops = {view["encoding"]["y"]["scale"]["domain"][1] for view in views}
    heights = table["share"] if per_unit else table.groupby(["concept", "layer"])["experts"].sum()
    assert len(tops) == 1
    assert tops.pop() >= heights.max()


def test_each_strip_holds_its_own_concept(read, counts):
    table = figures.concept_table(counts.places(0.4), CHOSEN)
    spec = read(figures.concept_panels(table))
    for number, concept in enumerate(CHOSEN):
        expected = table[table["concept"] == concept]
        assert [row["experts"] for row in spec.records(number)] == list(expected["experts"])
        title = f"{concept}: {expected['experts'].sum()} experts"
        assert spec.value["vconcat"][number]["title"]["text"] == title


@pytest.mark.parametrize("number", [1, 7])
def test_one_concept_or_seven_are_no_comparison(counts, number):
    table = figures.concept_table(counts.places(0.4), ["cat"])
    several = [table.assign(concept=str(i)) for i in range(number)]
    with pytest.raises(InputError, match=f"{number} concepts to compare: choose two to 6"):
        figures.concept_panels(pd.concat(several))


def test_every_tau_has_its_own_axis_and_an_empty_one_still_has_one(read, counts):
    table = figures.tau_table(counts, "car", (0.1, 0.2, 0.9))
    spec = read(figures.tau_panels(table))
    views = spec.value["vconcat"]
    tops = [view["encoding"]["y"]["scale"]["domain"][1] for view in views]
    assert tops[0] > tops[1] > tops[2] == 1.0
    assert views[2]["title"]["text"] == "AP above 0.90: 0 experts"
    assert [row["experts"] for row in spec.records(0)] == list(table[table["tau"] == 0.1]["experts"])
    unstretchable = {"layer", "facet", "hconcat", "width"}
    assert not any(unstretchable & set(view) for view in views), "a page stretches single views only"

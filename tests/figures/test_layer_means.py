"""The charts of averages by layer: their numbers, their order, and what two models look like side by side."""

import json

import numpy as np
import pytest

from expertlens_core import figures
from expertlens_core.analysis.layer_profile import PARTS, depths, layer_profile
from expertlens_core.experts import threshold_counts
from expertlens_core.figures import Figure
from expertlens_core.pipeline.finding.layers import Group, Layers
from tests.made_up_map import pythia

TAUS = (0.5, 0.9)
NASTY = "<img src=x>"


def made(layers: int, label: str) -> Layers:
    units = pythia(layers, 8)
    ap = np.random.default_rng(layers).uniform(0.2, 1.0, (4, units.count))
    ap[:, ~units.token_only] *= 0.8
    counts = threshold_counts(ap, ("a", "b", "c", NASTY), units)
    groups = {"all concepts": range(4), NASTY: [3]}
    profiles = tuple(layer_profile(counts, list(groups.values()), TAUS, part) for part in PARTS)
    named = tuple(Group(name, ("a",) * len(rows)) for name, rows in groups.items())
    return Layers(label, layers, TAUS, named, profiles, depths(counts, groups, TAUS), "as it is", 2 / 7, {})


@pytest.fixture
def found():
    return made(12, "pythia")


def test_a_row_holds_the_mean_and_the_share_of_the_true_number_of_units(found):
    table = figures.layer_means_table([found], "kind")
    profile = found.profile("kind")
    assert len(table) == len(TAUS) * 2 * len(profile.places)
    row = table[(table["tau"] == 0.5) & (table["group"] == "all concepts") & (table["layer"] == 10)]
    for kind, name in (("attention", "attention"), ("mlp", "MLP")):
        (place,) = [i for i, p in enumerate(profile.places) if (p.layer, p.kind) == (10, kind)]
        here = row[row["kind"] == name].iloc[0]
        assert here["experts"] == pytest.approx(profile.mean[0, 0, place])
        assert here["units"] == profile.places[place].units
        assert here["share"] == pytest.approx(profile.mean[0, 0, place] / profile.places[place].units)
    for _, lines in table.groupby(["tau", "group"]):
        if lines["experts"].any():
            assert lines["of all"].sum() == pytest.approx(1)
        else:
            assert lines["of all"].isna().all()


def test_layer_ten_is_never_drawn_before_layer_two(found, read):
    table = figures.layer_means_table([found], "kind")
    rows = table[(table["tau"] == 0.5) & (table["kind"] == "MLP")]
    layers = [row["layer"] for row in read(figures.layer_means_chart(rows)).rows]
    assert layers[:12] == list(range(12))
    axes = [layer["encoding"]["x"] for layer in read(figures.layer_means_chart(rows)).value["layer"]]
    assert all((axis["field"], axis["type"]) == ("layer", "quantitative") for axis in axes), (
        "a line of numbers"
    )
    modules = figures.module_means_chart(figures.layer_means_table([found], "module")).to_dict()
    axes = [strip["encoding"]["x"] for strip in modules["vconcat"]]
    assert all(axis["type"] == "ordinal" and "sort" not in axis for axis in axes), (
        "Vega sorts numbers as numbers"
    )


def test_models_of_different_depth_share_an_axis_of_depth(found, read):
    table = figures.layer_means_table([found, made(3, "small")], "kind")
    rows = table[(table["tau"] == 0.5) & (table["kind"] == "MLP") & (table["group"] == "all concepts")]
    assert set(rows["series"]) == {"pythia: all concepts", "small: all concepts"}
    assert rows.groupby("model")["depth"].max().tolist() == [1.0, 1.0]
    assert '"field": "depth"' in json.dumps(figures.layer_means_chart(rows).to_dict()["layer"])


def test_every_chart_becomes_a_picture(found):
    kinds = figures.layer_means_table([found], "kind")
    mlp = kinds[kinds["kind"] == "MLP"]
    depth = figures.depth_table([found])
    charts = (
        figures.layer_means_chart(mlp[mlp["tau"] == 0.5], per_unit=False),
        figures.tau_shift_chart(mlp[mlp["group"] == "all concepts"]),
        figures.module_means_chart(
            figures.layer_means_table([found], "module").query("group == 'all concepts'")
        ),
        figures.depth_chart(depth[depth["kind"] == "all units"]),
    )
    for chart in charts:
        svg = Figure(chart, kinds, "Layers", name="layers").svg()
        assert svg.startswith(b"<svg")
        assert b"<img src=x>" not in svg


def test_the_words_say_where_the_experts_go(found):
    assert "earlier" in found.shift_sentence
    assert "clearly" not in found.shift_sentence, "token-only units of layer 0 alone are above 0.9"
    assert "MLP experts" in found.totals_sentence(0.5)
    profile = found.profile("total")
    first = f"{profile.mean[0, 0, 0]:,.1f} {profile.places[0].kind}"
    assert first in found.totals_sentence(0.5)

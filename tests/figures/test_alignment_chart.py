"""Charts of agreement with people, of the pairs behind it, of one pair, and of a calibration."""

import sys
from types import SimpleNamespace

import numpy as np
import pytest

from expertlens_core import figures
from expertlens_core.analysis.alignment import align
from expertlens_core.analysis.judgments import make_judgments
from expertlens_core.analysis.similarity_matrix import SimilarityMatrix
from expertlens_core.steering import Calibration, Dose, DosePoint


@pytest.fixture(scope="module")
def table():
    rng = np.random.default_rng(0)
    names = ("<b>cat</b>", "dog\x01", *(f"word{i}" for i in range(8)))
    values = rng.random((10, 10))
    values = (values + values.T) / 2
    triples = [(a, b, float(values[i, j])) for i, a in enumerate(names) for j, b in enumerate(names) if i < j]
    judgments = make_judgments("mine", triples)
    return align(
        [SimilarityMatrix(names, "jaccard", 0.5, values), SimilarityMatrix(names, "kl", None, 1 - values)],
        judgments, resamples=50, permutations=50,
    )  # fmt: skip


def test_rows_become_a_table(table):
    frame = figures.alignment_frame({"experts": table.rows[:1], "baseline": table.rows[1:]})
    assert list(frame["group"]) == ["experts", "baseline"]
    assert list(frame["rho"]) == [row.rho for row in table.rows]


def test_a_divergence_is_turned_so_that_right_is_closer(table):
    frame = figures.alignment_frame({"experts": table.rows})
    assert frame["rho"][1] == pytest.approx(-1)
    shown = figures.alignment_chart(frame, ceiling=0.84).to_dict()
    rows = next(rows for rows in shown["datasets"].values() if "row" in rows[0])
    assert [row["rho"] for row in rows] == pytest.approx([1, 1])
    assert all(row["low"] <= row["high"] for row in rows)
    assert rows[1]["row"] == "kl, sign turned"
    assert figures.picture(figures.alignment_chart(frame), "svg").startswith(b"<svg")


def test_pairs_are_points_or_counts(table, monkeypatch):
    frame = figures.pair_frame(table, "jaccard > 0.5")
    assert len(frame) == 45
    spec = figures.pair_chart(table, "jaccard > 0.5", selection="pair").to_dict()
    assert [param["name"] for param in spec["params"]] == ["pair"]
    assert b"<b>" not in figures.picture(figures.pair_chart(table, "kl"), "svg")
    monkeypatch.setattr(sys.modules[figures.pair_chart.__module__], "POINTS", 10)
    counted = figures.pair_chart(table, "jaccard > 0.5").to_dict()
    assert sum(row["pairs"] for rows in counted["datasets"].values() for row in rows) == 45


@pytest.fixture
def evidence():
    places = [
        SimpleNamespace(layer=layer, kind=kind, shared=layer + 1, first_only=2 * layer, second_only=3)
        for layer in range(3)
        for kind in ("attention", "mlp")
    ]
    counts = {"shared_ap": np.array([1, 2, 3]), "unshared_ap": np.array([0, 0, 0])}
    return SimpleNamespace(places=places, **counts, edges=np.array([0.5, 0.6, 0.8, 1.0]), tau=0.5)


@pytest.mark.parametrize("below", [False, True])
def test_a_pairs_experts_stand_by_layer_in_a_panel_per_kind(evidence, below):
    table = figures.place_table(evidence, "cat", "dog\x01")
    assert table.groupby("part", sort=False)["units"].sum().to_dict() == {
        "shared": 12, "only cat": 12, "only dog\ufffd": 18,
    }  # fmt: skip
    spec = figures.place_chart(evidence, "cat", "dog\x01", below=below).to_dict()
    assert set(spec["facet"]) == {"row" if below else "column"}
    assert spec["spec"]["encoding"]["color"]["scale"]["domain"] == ["shared", "only cat", "only dog\ufffd"]


def test_shared_and_unshared_experts_are_compared_as_shares(evidence):
    table = figures.pair_histogram_table(evidence)
    assert list(table["share"]) == pytest.approx([1 / 6, 2 / 6, 3 / 6, 0, 0, 0])
    assert figures.pair_histogram(evidence).to_dict()["encoding"]["x"]["scale"]["domain"] == [0.5, 1.0]


def test_doses_that_were_read_are_points_and_the_chosen_one_stands_out():
    doses = [Dose(layer, 5, 0.4) for layer in range(4)]
    read = [(1.2, True), (None, False), (2.3, False), (2.0, True)]
    curve = [DosePoint(d, 8, 0.5, fluency, 0.9, final) for d, (fluency, final) in zip(doses, read)]
    calibration = Calibration("cat", doses[0], True, 0.1, tuple(curve))
    assert list(figures.dose_table(calibration)["role"]) == ["chosen", "tried briefly", "tried at length"]
    bound, points = figures.dose_chart(calibration).to_dict()["layer"]
    assert bound["mark"]["type"] == "rule"
    assert points["encoding"]["y"]["field"] == "presence"

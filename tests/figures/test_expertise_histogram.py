import numpy as np
import pytest

from expertlens_core.errors import InputError
from expertlens_core.figures import ap_comparison, ap_histogram


@pytest.mark.parametrize("step", [7, 28, 29, 50, 55, 57])
def test_bars_stand_where_their_bins_are_and_the_coloured_ones_hold_exactly_the_experts(read, counts, step):
    bins, tau = counts.histogram("cat"), step / 100
    rows = read(ap_histogram(bins, tau=tau, prevalence=0.3, chance=0.35)).records(0)
    assert {round(r["from"] * 100): r["units"] for r in rows} == {i: n for i, n in enumerate(bins) if n}
    assert all(r["to"] - r["from"] == pytest.approx(0.01) for r in rows)
    experts = sum(r["units"] for r in rows if r["expert"] == "experts")
    assert experts == counts.experts(tau)[counts.concepts.index("cat")]


def test_lines_stand_at_tau_prevalence_and_chance_and_differ_in_dash(read, counts):
    spec = read(ap_histogram(counts.histogram("cat"), tau=0.5, prevalence=0.25, chance=0.31))
    places = {row["line"]: row["ap"] for row in spec.records(1)}
    assert places == {"tau": 0.5, "chance (1 in 10,000)": 0.31, "prevalence": 0.25}
    dashes = spec.value["layer"][1]["encoding"]["strokeDash"]["scale"]["range"]
    assert len({tuple(dash) for dash in dashes}) == 3
    without = read(ap_histogram(counts.histogram("cat"), tau=0.5, prevalence=None, chance=None))
    assert [row["line"] for row in without.records(1)] == ["tau"]


def test_compared_outlines_hold_all_units_of_each_concept(read, counts):
    names = ["cat", "dog", "car"]
    bins = {name: counts.histogram(name) for name in names}
    spec = read(ap_comparison(bins, tau=0.5, prevalence=0.3, chance=None))
    for name in names:
        rows = [row for row in spec.records(0) if row["concept"] == name]
        assert sum(row["units"] for row in rows) == counts.units.count
        assert rows[-1]["units"] == 0
        start = round(rows[0]["from"] * 100)
        assert rows[0]["units"] == bins[name][start : start + 2].sum()
        assert {row["experts"] for row in rows} == {counts.experts(0.5)[counts.concepts.index(name)]}


def test_compared_outlines_stay_small(read):
    bins = {str(i): np.full(100, 3_000) for i in range(6)}
    spec = read(ap_comparison(bins, tau=0.5, prevalence=0.3, chance=0.35))
    assert len(spec.rows) <= 6 * 51 + 3
    assert spec.size < 60_000


def test_seven_outlines_are_too_many():
    bins = {str(i): np.ones(100) for i in range(7)}
    with pytest.raises(InputError, match="7 concepts to compare: choose two to 6"):
        ap_comparison(bins, tau=0.5, prevalence=None, chance=None)

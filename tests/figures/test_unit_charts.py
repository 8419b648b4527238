"""One unit in charts: bars in their order, chance under them, and histograms that hold every sentence."""

import numpy as np
import pytest

from expertlens_core.experts.unit_profile import UnitProfile
from expertlens_core.figures.unit_charts import (
    DRAWN,
    ordered,
    profile_chart,
    profile_table,
    response_histogram,
    response_table,
)

from .conftest import NASTY


@pytest.fixture
def profile():
    ap = np.array([0.3, 0.9, 0.6, 0.5, 0.2])
    band = np.full(5, 0.25), np.full(5, 0.35)
    names = ("cat", "dog", "car", NASTY, "red")
    domains = ("animals", "animals", "vehicles", NASTY, "")
    return UnitProfile("layers.0.mlp:3", names, domains, ap, np.array([0.5, 0.9, np.nan, 0.7, 0.4]), *band)


def test_concepts_come_by_ap_or_by_domain(profile):
    table = profile_table(profile)
    assert list(ordered(table, "ap")["AP"]) == [0.9, 0.6, 0.5, 0.3, 0.2]
    assert list(ordered(table, "domain")["concept"]) == ["dog", "cat", "car", NASTY, "red"]


def test_experts_are_drawn_full_and_chance_lies_beside(profile, read):
    drawn = read(profile_chart(profile_table(profile), tau=0.5, order="ap", interval=("dog", 0.8, 0.95)))
    rows = {row["concept"]: row for row in drawn.records(0)}
    assert [name for name, row in rows.items() if row["expert"] == 1] == ["dog", "car"], (
        "0.5 is not above 0.5"
    )
    assert {(row["low"], row["high"]) for row in rows.values()} == {(0.25, 0.35)}
    assert rows["red"]["domain"] == "no domain"
    assert drawn.records(2) == [{"tau": 0.5}]
    assert drawn.records(3) == [{"concept": "dog", "from": 0.8, "to": 0.95}]
    assert rows["car"]["auroc"] is None


def test_a_large_library_is_drawn_as_far_as_there_is_room(read):
    count = DRAWN + 40
    ap = np.random.default_rng(0).random(count)
    names = tuple(f"c{number}" for number in range(count))
    profile = UnitProfile("u:0", names, ("",) * count, ap, ap, np.zeros(count), np.ones(count))
    drawn = read(profile_chart(profile_table(profile), tau=0.5, order="domain")).records(0)
    assert [row["ap"] for row in drawn] == sorted(ap, reverse=True)[:DRAWN]


def test_histograms_hold_every_sentence_once(read):
    rng = np.random.default_rng(0)
    on, off = rng.normal(1, 1, 40), np.append(rng.normal(0, 1, 90), np.nan)
    table = response_table(on, off)
    counts = table.groupby("sentences", sort=False)["count"].sum()
    assert counts.to_dict() == {"with the concept": 40, "without it": 90}
    assert table.groupby("sentences")["share"].sum().tolist() == pytest.approx([1, 1])
    assert table["from"].min() == pytest.approx(min(on.min(), np.nanmin(off)))
    assert len(read(response_histogram(table)).rows) == len(table)


def test_a_constant_unit_has_a_histogram_too():
    assert response_table(np.zeros(3), np.zeros(5))["count"].sum() == 8

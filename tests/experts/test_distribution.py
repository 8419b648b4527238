from __future__ import annotations

import pytest

from expertlens_core.experts.distribution import distribution

EXPERTS = [0, 5, 6, 16, 17, 25, 33]


def test_experts_per_layer_and_kind(units):
    places = distribution(units, EXPERTS)
    assert [(p.layer, p.kind, p.experts, p.units) for p in places] == [
        (0, "attention", 3, 8),
        (0, "mlp", 1, 9),
        (1, "attention", 1, 8),
        (1, "mlp", 2, 9),
    ]
    assert places[0].per_unit == 3 / 8
    assert [p.part for p in places] == ["attention", "mlp", "attention", "mlp"]


def test_experts_per_module_count_places_without_any(units):
    places = distribution(units, EXPERTS, by="module")
    assert [p.experts for p in places] == [2, 1, 1, 1, 0, 2]
    assert [p.units for p in places] == [6, 2, 9, 6, 2, 9]
    assert places[3].module == "layers.1.attention.query_key_value"
    assert places[0].part == places[3].part == "attention.query_key_value"


def test_without_token_only_modules_neither_their_experts_nor_their_units_count(units):
    places = distribution(units, EXPERTS, without_token_only=True)
    assert (places[0].experts, places[0].units) == (1, 2)
    assert len(distribution(units, EXPERTS, by="module", without_token_only=True)) == 5


@pytest.mark.parametrize("by", ["kind", "module"])
def test_every_expert_and_every_unit_is_counted_once(units, by):
    places = distribution(units, EXPERTS, by)
    assert sum(p.experts for p in places) == len(EXPERTS)
    assert sum(p.units for p in places) == units.count
    assert sum(p.experts for p in distribution(units, [], by)) == 0

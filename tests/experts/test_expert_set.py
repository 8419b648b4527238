from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expertlens_core.errors import InputError
from expertlens_core.experts.expert_set import expert_set, top_experts
from expertlens_core.experts.score import score


@pytest.fixture
def expertise(units, responses):
    return score(units, "cat", responses(40), responses(100, seed=1))


def with_ap(expertise, values):
    ap = np.array(expertise.ap)
    ap[: len(values)] = values
    return replace(expertise, ap=ap)


def test_experts_lie_strictly_above_tau(expertise):
    chosen = expert_set(with_ap(expertise, [0.5, np.nextafter(0.5, 1), 0.9, 0.5, 0.7]), 0.5)
    assert [unit for unit in chosen.unit_ids if unit < 5] == [1, 2, 4]
    assert (chosen.concept, chosen.tau, len(chosen)) == ("cat", 0.5, len(chosen.unit_ids))
    assert not chosen.unit_ids.flags.writeable


@settings(max_examples=50, deadline=None)
@given(st.data())
def test_expert_sets_are_nested_in_tau(data):
    ap = data.draw(st.lists(st.integers(0, 10).map(lambda tenth: tenth / 10), min_size=3, max_size=30))
    low, high = sorted(data.draw(st.tuples(*[st.sampled_from([0.0, 0.3, 0.5, 0.7, 0.9])] * 2)))
    expertise = _flat_expertise(np.array(ap))
    inner, outer = (set(expert_set(expertise, tau).unit_ids.tolist()) for tau in (high, low))
    assert inner <= outer
    assert outer == {unit for unit, value in enumerate(ap) if value > low}


def _flat_expertise(ap):
    from expertlens_core.experts.expertise import Expertise
    from expertlens_core.models.units import UnitModule, Units

    units = Units((UnitModule("layers.0.mlp.up", 0, "mlp", len(ap)),))
    blank = {name: np.zeros(len(ap)) for name in ("auroc", "on_mean", "on_p50", "on_p90", "off_mean")}
    blank |= {name: np.zeros(len(ap)) for name in ("on_std", "off_std", "quantile_correlation")}
    return Expertise("cat", units, ap, **blank, first_token_share=np.zeros(1), positives=400, negatives=1000)


def test_top_experts_are_sorted_and_ties_go_by_unit_id():
    expertise = _flat_expertise(np.array([0.2, 0.9, 0.5, 0.9, 0.5, 1.0, 0.5]))
    assert top_experts(expertise, 1).tolist() == [5]
    assert top_experts(expertise, 4).tolist() == [5, 1, 3, 2]
    assert top_experts(expertise, 7).tolist() == [5, 1, 3, 2, 4, 6, 0]


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 4), min_size=1, max_size=40), st.randoms())
def test_top_experts_equal_a_full_sort(values, random):
    ap = np.array(values) / 4
    k = random.randint(1, len(values))
    expected = sorted(range(len(ap)), key=lambda unit: (-ap[unit], unit))[:k]
    assert top_experts(_flat_expertise(ap), k).tolist() == expected


def test_token_only_modules_can_be_left_out(expertise):
    expertise = with_ap(expertise, [0.99] * 10)
    assert set(range(6)) <= set(expert_set(expertise, 0.5).unit_ids)
    rest = expert_set(expertise, 0.5, without_token_only=True).unit_ids
    assert not set(range(6)) & set(rest)
    assert {6, 7, 8, 9} <= set(rest)
    assert top_experts(expertise, 4, without_token_only=True).tolist() == [6, 7, 8, 9]


def test_numbers_out_of_range_are_explained(expertise):
    with pytest.raises(InputError, match=r"tau 1.0: expected a threshold on average precision of at least 0"):
        expert_set(expertise, 1.0)
    with pytest.raises(
        InputError, match=r"35 experts asked for: expected a number from 1 to 34, the units at hand"
    ):
        top_experts(expertise, 35)
    with pytest.raises(InputError, match="from 1 to 28"):
        top_experts(expertise, 29, without_token_only=True)
    with pytest.raises(InputError, match="0 experts"):
        top_experts(expertise, 0)

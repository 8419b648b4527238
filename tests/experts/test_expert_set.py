from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expertlens_core.errors import InputError
from expertlens_core.experts import STATISTICS, Expertise, expert_set, name_test, score, top_experts
from expertlens_core.models.units import UnitModule, Units


def flat(ap) -> Expertise:
    """Expertise of one module whose units have these AP."""
    units = Units((UnitModule("layers.0.mlp.up", 0, "mlp", len(ap)),))
    columns = dict.fromkeys(STATISTICS, np.zeros(len(ap))) | {"ap": np.array(ap)}
    return Expertise("cat", units, **columns, first_token_share=np.zeros(1), positives=400, negatives=1000)


def test_experts_lie_strictly_above_tau():
    chosen = expert_set(flat([0.5, np.nextafter(0.5, 1), 0.9, 0.5, 0.7]), 0.5)
    assert chosen.unit_ids.tolist() == [1, 2, 4]
    assert (chosen.concept, chosen.tau, len(chosen)) == ("cat", 0.5, 3)
    assert not chosen.unit_ids.flags.writeable


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.integers(0, 10), min_size=3, max_size=30),
    st.lists(st.sampled_from([0, 3, 5, 7, 9]), min_size=2),
)
def test_expert_sets_are_nested_in_tau(tenths, taus):
    ap, low, high = np.array(tenths) / 10, min(taus) / 10, max(taus) / 10
    inner, outer = (set(expert_set(flat(ap), tau).unit_ids.tolist()) for tau in (high, low))
    assert inner <= outer
    assert outer == {unit for unit, value in enumerate(ap) if value > low}


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 4), min_size=1, max_size=40), st.randoms())
def test_top_experts_equal_a_full_sort_with_ties_by_unit_id(values, random):
    ap = np.array(values) / 4
    k = random.randint(1, len(values))
    expected = sorted(range(len(ap)), key=lambda unit: (-ap[unit], unit))[:k]
    assert top_experts(flat(ap), k).tolist() == expected


def test_token_only_modules_can_be_left_out(expertise):
    ap = np.array(expertise.ap)
    ap[:10] = 0.99
    expertise = replace(expertise, ap=ap)
    assert set(range(6)) <= set(expert_set(expertise, 0.5).unit_ids)
    rest = expert_set(expertise, 0.5, without_token_only=True).unit_ids
    assert not set(range(6)) & set(rest)
    assert {6, 7, 8, 9} <= set(rest)
    assert top_experts(expertise, 4, without_token_only=True).tolist() == [6, 7, 8, 9]


def test_numbers_out_of_range_are_explained(expertise):
    with pytest.raises(InputError, match=r"tau 1.0: expected a threshold on average precision of at least 0"):
        expert_set(expertise, 1.0)
    message = r"35 experts asked for: expected a number from 1 to 34, the units at hand"
    with pytest.raises(InputError, match=message):
        top_experts(expertise, 35)
    with pytest.raises(InputError, match="from 1 to 28"):
        top_experts(expertise, 29, without_token_only=True)
    with pytest.raises(InputError, match="0 experts"):
        top_experts(expertise, 0)


def test_units_that_answer_to_the_name_alone_do_not_survive(units, responses):
    off = responses(100, seed=1)
    original, renamed = responses(40), responses(40, seed=9)
    for module in (2, 5):
        original[module][:, 0] += 20
    renamed[5][:, 0] += 20
    by_name, by_meaning = units.offsets[2], units.offsets[5]
    result = name_test(score(units, "cat", original, off), score(units, "cat", renamed, off), tau=0.9)
    assert result.unit_ids.tolist() == [by_name, by_meaning]
    assert result.survives.tolist() == [False, True]
    assert result.share == 0.5


def test_without_experts_no_share_survives(expertise):
    assert np.isnan(name_test(expertise, expertise, tau=0.99).share)


def test_results_that_cannot_be_compared_are_refused(units, responses, expertise):
    fewer = score(units, "cat", responses(39), responses(100, seed=1))
    message = r"scored with 40 \+ 100 sentences as they are and 39 \+ 100 renamed"
    with pytest.raises(InputError, match=message):
        name_test(expertise, fewer)
    part = Units(units.modules[:3])
    other = score(part, "cat", responses(40)[:3], responses(100, seed=1)[:3])
    with pytest.raises(InputError, match=r"different tables of units \(34 and 17 units\)"):
        name_test(expertise, other)

import numpy as np
import pytest

from expertlens_core.errors import InputError
from expertlens_core.experts.expertise import Expertise
from expertlens_core.steering.generation import generate_texts
from expertlens_core.steering.intervention import Intervention
from expertlens_core.steering.row import Row
from expertlens_core.steering.set_to_mean import random_control, set_to_mean


def expertise(units, concept, seed):
    random = np.random.default_rng(seed)

    def column(dtype=np.float32):
        return random.random(units.count).astype(dtype)

    ap, auroc = column(np.float64), column(np.float64)
    return Expertise(
        concept, units, ap, auroc, *(column() for _ in range(7)), np.zeros(len(units.modules)), 400, 1000
    )


@pytest.fixture
def cat(tiny):
    return expertise(tiny.units, "cat", 0)


def per_module(intervention):
    units = intervention.units
    return np.bincount(units.module_of[intervention.unit_ids], minlength=len(units.modules)).tolist()


def test_the_units_of_highest_ap_are_set_to_their_means(cat):
    intervention = set_to_mean(cat, experts=30, strength=0.5)
    assert intervention.unit_ids.tolist() == np.argsort(-cat.ap)[:30].tolist()
    np.testing.assert_array_equal(intervention.targets, cat.on_mean[intervention.unit_ids])
    assert intervention.strength == 0.5
    assert intervention.label == "cat, 30 experts"


@pytest.mark.parametrize("experts", [0, -1, 10**6])
def test_a_number_of_experts_that_is_not_there_is_refused(cat, experts):
    with pytest.raises(InputError, match=f"{experts} experts asked for: expected a number from 1 to"):
        set_to_mean(cat, experts)


def test_random_units_match_the_experts_per_module_and_exclude_them(cat):
    experts = set_to_mean(cat, experts=60, strength=0.7)
    draws = [random_control(experts, seed) for seed in range(5)]
    for control in draws:
        assert per_module(control) == per_module(experts)
        assert not set(control.unit_ids) & set(experts.unit_ids)
        assert len(np.unique(control.unit_ids)) == 60
        np.testing.assert_array_equal(control.targets, cat.on_mean[control.unit_ids])
        assert control.strength == 0.7
    assert len({tuple(control.unit_ids) for control in draws}) == 5
    np.testing.assert_array_equal(draws[2].unit_ids, random_control(experts, 2).unit_ids)


def test_random_control_needs_enough_other_units_and_their_targets(cat):
    with pytest.raises(InputError, match="too few others are left for a random control"):
        random_control(set_to_mean(cat, experts=cat.units.count - 5), 0)
    bare = Intervention(cat.units, np.array([1]), np.array([0.5], dtype=np.float32), label="one")
    with pytest.raises(InputError, match="'one' has no targets for other units"):
        random_control(bare, 0)


def test_original_steered_and_controls_stand_side_by_side(cat, tiny):
    steered = set_to_mean(cat, 40)
    rows = [
        Row("original"),
        Row("steered", 0, steered),
        Row("control", 0, random_control(steered, 0)),
        Row("control", 0, set_to_mean(expertise(tiny.units, "dog", 1), 40)),
    ]
    texts = generate_texts(tiny, "Once", rows, max_new_tokens=20)
    assert len(set(texts)) == 4


@pytest.mark.parametrize(
    ("ids", "targets", "message"),
    [
        ([1, 1], [0.0, 0.0], "names a unit twice"),
        ([1], [0.0, 1.0], "1 units and 2 targets"),
        ([-1], [0.0], "outside 0 to"),
        ([1], [float("nan")], "not a finite number"),
    ],
)
def test_an_impossible_intervention_is_refused(tiny, ids, targets, message):
    with pytest.raises(ValueError, match=message):
        Intervention(tiny.units, np.array(ids), np.array(targets, dtype=np.float32))

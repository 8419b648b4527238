"""Interventions, doses and random controls; and how much texts repeat themselves."""

import math

import numpy as np
import pytest

from expertlens_core import steering
from expertlens_core.errors import InputError
from expertlens_core.experts import STATISTICS, Expertise
from expertlens_core.models.units import UnitModule, Units
from expertlens_core.steering.generation import generate_texts
from expertlens_core.steering.variety import distinct_n, repeated_n

PARTS = ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj", "self_attn.o_proj", "mlp.up_proj")


@pytest.fixture
def units():
    return Units(
        tuple(
            UnitModule(f"layers.{layer}.{part}", layer, "mlp" if "mlp" in part else "attention", 50)
            for layer in range(8)
            for part in PARTS
        )
    )


def expertise(units, concept="cat", seed=0):
    random = np.random.default_rng(seed)
    columns = {name: random.random(units.count) for name in STATISTICS}
    columns["on_mean"] = columns["on_mean"].astype(np.float32)
    return Expertise(concept, units, **columns, first_token_share=np.zeros(1), positives=400, negatives=1000)


@pytest.fixture
def cat(tiny):
    return expertise(tiny.units)


def per_module(intervention):
    units = intervention.units
    return np.bincount(units.module_of[intervention.unit_ids], minlength=len(units.modules)).tolist()


def test_the_units_of_highest_ap_are_set_to_their_means(cat):
    intervention = steering.set_to_mean(cat, experts=30, strength=0.5)
    assert intervention.unit_ids.tolist() == np.argsort(-cat.ap)[:30].tolist()
    np.testing.assert_array_equal(intervention.targets, cat.on_mean[intervention.unit_ids])
    assert (intervention.strength, intervention.label) == (0.5, "cat, 30 experts")


@pytest.mark.parametrize("experts", [0, -1, 10**6])
def test_a_number_of_experts_that_is_not_there_is_refused(cat, experts):
    with pytest.raises(InputError, match=f"{experts} experts asked for: expected a number from 1 to"):
        steering.set_to_mean(cat, experts)


def test_random_units_match_the_experts_per_module_and_exclude_them(cat):
    experts = steering.set_to_mean(cat, experts=60, strength=0.7)
    draws = [steering.random_control(experts, seed) for seed in range(5)]
    for control in draws:
        assert per_module(control) == per_module(experts)
        assert not set(control.unit_ids) & set(experts.unit_ids)
        assert len(np.unique(control.unit_ids)) == 60
        np.testing.assert_array_equal(control.targets, cat.on_mean[control.unit_ids])
        assert control.strength == 0.7
    assert len({tuple(control.unit_ids) for control in draws}) == 5
    np.testing.assert_array_equal(draws[2].unit_ids, steering.random_control(experts, 2).unit_ids)


def test_random_control_needs_enough_other_units_and_their_targets(cat):
    with pytest.raises(InputError, match="too few others are left for a random control"):
        steering.random_control(steering.set_to_mean(cat, experts=cat.units.count - 5), 0)
    bare = steering.Intervention(cat.units, np.array([1]), np.array([0.5], dtype=np.float32), label="one")
    with pytest.raises(InputError, match="'one' has no targets for other units"):
        steering.random_control(bare, 0)


def test_original_steered_and_controls_stand_side_by_side(cat, tiny):
    steered, other = steering.set_to_mean(cat, 40), steering.set_to_mean(expertise(tiny.units, "dog", 1), 40)
    controls = [
        steering.Row("control", 0, control) for control in (steering.random_control(steered, 0), other)
    ]
    rows = [steering.Row("original"), steering.Row("steered", 0, steered), *controls]
    assert len(set(generate_texts(tiny, "Once", rows, max_new_tokens=20))) == 4


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
        steering.Intervention(tiny.units, np.array(ids), np.array(targets, dtype=np.float32))


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (("original", 0, "one"), "'original' expects no intervention"),
        (("control", 0), "'control' expects an intervention"),
        (("original", -1), "a row has sample -1: expected 0 or more"),
    ],
)
def test_an_impossible_row_is_refused(row, message):
    with pytest.raises(ValueError, match=message):
        steering.Row(*row)


def test_a_dose_chooses_the_best_experts_among_the_layers_and_kinds_it_allows(units):
    found = expertise(units)
    intervention = steering.set_to_dose(found, steering.Dose(3, 40, 0.6, queries_keys=False))
    allowed = np.array([m.layer >= 3 and not m.path.endswith(("q_proj", "k_proj")) for m in units.modules])[
        units.module_of
    ]
    best = np.flatnonzero(allowed)[np.argsort(-found.ap[allowed])[:40]]
    assert set(intervention.unit_ids) == set(best)
    np.testing.assert_array_equal(intervention.targets, found.on_mean[intervention.unit_ids])
    assert intervention.strength == 0.6


@pytest.mark.parametrize(
    ("path", "moves"),
    [
        ("layers.0.self_attn.q_proj", True),
        ("encoder.layer.0.attention.self.query", True),
        ("encoder.layer.0.attention.self.key", True),
        ("h.0.attn.c_attn", False),
        ("layers.0.attention.query_key_value", False),
        ("layers.0.self_attn.v_proj", False),
        ("layers.0.mlp.lookup", False),
    ],
)
def test_query_and_key_projections_of_their_own_are_known_by_name(path, moves):
    units = Units((UnitModule(path, 0, "attention", 4), UnitModule("layers.1.mlp.up", 1, "mlp", 4)))
    assert (
        steering.candidates(units, steering.Dose(0, 1, 1.0, queries_keys=False))[:4].tolist()
        == [not moves] * 4
    )


def test_the_safe_dose_and_the_papers(units):
    assert steering.safe_dose(units) == steering.Dose(2, 10, 0.4)
    assert steering.paper_dose(units) == steering.Dose(0, 20, 1.0)
    assert steering.paper_dose(Units((UnitModule("layers.0.mlp.up", 0, "mlp", 300_000),))).experts == 500
    told = str(steering.Dose(2, 1000, 0.4, queries_keys=False))
    assert told == "1,000 experts from layer 2 on, without queries and keys, strength 0.4"


def test_an_impossible_dose_is_refused(units):
    for wrong in ((-1, 1, 1.0), (0, 0, 1.0), (0, 1, float("nan"))):
        with pytest.raises(InputError):
            steering.Dose(*wrong)
    with pytest.raises(InputError, match="experts asked for"):
        steering.set_to_dose(expertise(units), steering.Dose(7, 1000, 0.5))
    with pytest.raises(InputError, match="the first layer is 8: the model has 8 layers"):
        steering.set_to_dose(expertise(units), steering.Dose(8, 1, 0.5))


def test_distinct_n_counts_by_hand():
    assert distinct_n(["a b a b"], 1) == pytest.approx(2 / 4)
    assert distinct_n(["a b a b"], 2) == pytest.approx(2 / 3)
    assert distinct_n(["a b", "A b", "c"], 2) == pytest.approx(1 / 2)
    assert distinct_n(["cat's well-fed; it 3 naïvely.", "cat's 12 -- it"], 1) == pytest.approx(4 / 6)
    assert math.isnan(distinct_n(["a", ""], 2))


def test_repetition_lowers_distinct_n():
    random = np.random.default_rng(0)
    letters = [chr(97 + i) * 3 for i in range(26)]
    varied, stuck = (
        [" ".join(random.choice(some, 30)) for _ in range(20)] for some in (letters, letters[:3])
    )
    assert distinct_n(stuck, 2) < 0.1 * distinct_n(varied, 2)


def test_repeated_n_counts_by_hand():
    assert repeated_n(["a b a b a"], 2) == pytest.approx(1 - 2 / 4)
    assert repeated_n(["a b c", "a b c"], 2) == 0.0, "each text by itself"
    assert repeated_n(["x x x", "a b c", "a"], 2) == pytest.approx(0.25)
    assert math.isnan(repeated_n(["a"], 2))

"""Which units a dose chooses: by layers, kind, tau, a list, or AUROC."""

import numpy as np
import pytest

from expertlens_core.errors import InputError
from expertlens_core.experts import STATISTICS, Expertise
from expertlens_core.models.units import UnitModule, Units
from expertlens_core.steering import Dose, set_to_dose

PARTS = ("self_attn.q_proj", "self_attn.v_proj", "mlp.up_proj")


@pytest.fixture(scope="module")
def found():
    units = Units(
        tuple(
            UnitModule(f"layers.{layer}.{part}", layer, "mlp" if "mlp" in part else "attention", 20)
            for layer in range(6)
            for part in PARTS
        )
    )
    random = np.random.default_rng(0)
    columns = {name: random.random(units.count) for name in STATISTICS}
    return Expertise("cat", units, **columns, first_token_share=np.zeros(1), positives=40, negatives=100)


def best(found, values, many, allowed):
    """The allowed units of the highest values, by a plain sort."""
    ids = [unit for unit in range(found.units.count) if allowed(*found.units.locate(unit))]
    return set(sorted(ids, key=lambda unit: -values[unit])[:many])


@pytest.mark.parametrize(
    ("choice", "allowed"),
    [
        ({"first_layer": 0, "last_layer": 0}, lambda module, _: module.layer == 0),
        ({"first_layer": 2, "last_layer": 4}, lambda module, _: 2 <= module.layer <= 4),
        ({"first_layer": 0, "kind": "mlp"}, lambda module, _: module.kind == "mlp"),
        (
            {"first_layer": 3, "kind": "attention"},
            lambda module, _: module.layer > 2 and module.kind == "attention",
        ),
        (
            {"first_layer": 1, "kind": "attention", "queries_keys": False},
            lambda module, _: module.layer and module.path.endswith("v_proj"),
        ),
    ],
)
@pytest.mark.parametrize(
    ("rule", "statistic"), [("set", "ap"), ("set-off", "ap"), ("damp", "auroc"), ("aura", "auroc")]
)
def test_the_best_units_of_the_layers_and_kinds_by_what_the_rule_ranks_by(
    found, choice, allowed, rule, statistic
):
    made = set_to_dose(found, Dose(experts=13, strength=0.5, rule=rule, **choice))
    assert set(made.unit_ids) == best(found, getattr(found, statistic), 13, allowed)
    assert made.strength == 0.5
    assert made.label == ("cat, 13 experts" if rule == "set" else f"cat, 13 experts, {rule}")


def test_no_number_takes_all_units_of_an_auroc_above_one_half(found):
    dose = Dose(2, 0, 1.0, rule="aura", kind="mlp")
    ids = [
        unit
        for unit in range(found.units.count)
        if found.auroc[unit] > 0.5
        and found.units.locate(unit)[0].layer >= 2
        and found.units.locate(unit)[0].kind == "mlp"
    ]
    assert set_to_dose(found, dose).unit_ids.tolist() == ids
    assert str(dose) == "all units of an AUROC above 0.5 from layer 2 on, mlp only, strength 1, rule aura"
    with pytest.raises(InputError, match="the number of experts is 0: expected at least 1"):
        Dose(0, 0, 1.0)


def test_tau_takes_the_allowed_experts_above_it(found):
    dose = Dose(1, 5, 0.4, last_layer=3)
    chosen = set_to_dose(found, dose, tau=0.8).unit_ids
    layers = found.units.layer_of
    assert chosen.tolist() == np.flatnonzero((found.ap > 0.8) & (layers >= 1) & (layers <= 3)).tolist()
    edge = float(found.ap[chosen].min())
    assert len(set_to_dose(found, dose, tau=edge).unit_ids) == len(chosen) - 1, "strictly above"
    with pytest.raises(InputError, match=r"that may be chosen has an AP above 0\.9999: lower tau"):
        set_to_dose(found, dose, tau=0.9999)


def test_listed_units_are_taken_whatever_the_dose_allows(found):
    made = set_to_dose(found, Dose(5, 50, 0.7, kind="mlp"), unit_ids=np.array([44, 3, 44]))
    assert made.unit_ids.tolist() == [3, 44]
    assert made.label == "cat, 2 units"
    np.testing.assert_array_equal(made.targets, found.on_mean[[3, 44]])


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"rule": "melt"}, "there is no rule 'melt': expected one of set, set-p50"),
        ({"last_layer": 1}, "the last layer is 1, before the first, 2: expected it there or later"),
        ({"experts": -1}, "the number of experts is -1"),
        ({"experts": -1, "rule": "det0"}, "the number of experts is -1"),
        ({"strength": float("inf")}, "the strength is inf: expected a number, such as 0.5"),
    ],
)
def test_an_impossible_dose_is_refused(wrong, message):
    with pytest.raises(InputError, match=message):
        Dose(**{"first_layer": 2, "experts": 5, "strength": 0.5} | wrong)


def test_what_cannot_be_chosen_is_refused(found):
    with pytest.raises(InputError, match="the first layer is 6: the model has 6 layers, counted from 0"):
        set_to_dose(found, Dose(6, 0, 1.0, rule="aura"))
    with pytest.raises(InputError, match="61 experts asked for"):
        set_to_dose(found, Dose(4, 61, 1.0, queries_keys=True, last_layer=4))
    columns = {name: getattr(found, name) for name in STATISTICS}
    columns["auroc"] = np.where(found.units.layer_of < 3, np.nan, found.auroc)
    shipped = Expertise(
        "cat", found.units, **columns, first_token_share=np.zeros(1), positives=40, negatives=100
    )
    assert len(set_to_dose(shipped, Dose(3, 7, 1.0, rule="damp")).unit_ids) == 7
    for experts in (0, 7):
        with pytest.raises(InputError, match="lack the AUROC of some units: find them anew in this model"):
            set_to_dose(shipped, Dose(2, experts, 1.0, rule="damp"))


def test_the_key_of_a_plain_dose_has_not_changed():
    assert Dose(8, 400, 0.6).fields == {
        "first_layer": 8,
        "experts": 400,
        "strength": 0.6,
        "queries_keys": True,
    }
    assert Dose(8, 400, 0.6, rule="aura", kind="mlp").fields["rule"] == "aura"

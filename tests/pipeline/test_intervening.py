"""From a request to interventions: rules, several concepts, listed units, tau, and the controls of all of these."""

from dataclasses import replace

import numpy as np
import pytest

from expertlens_core.errors import InputError
from expertlens_core.experts import top_experts
from expertlens_core.pipeline import SteerRequest, find, steer
from expertlens_core.pipeline.writing.intervening import (
    asked_dose,
    changes,
    needed_concepts,
    units_named,
)
from expertlens_core.pipeline.writing.request import Added
from expertlens_core.pipeline.writing.rule_statistics import statistics_over_tokens
from expertlens_core.steering.dose import Dose, safe_dose, set_to_dose
from expertlens_core.steering.rules import RULES


@pytest.fixture
def made(request_, library, scored_run):
    """The interventions of a request for a cat."""

    def change(**options):
        asked = SteerRequest(find=request_, concept="cat", **options)
        return changes(asked, library, scored_run)

    return change


@pytest.fixture
def expertise(request_, scored_run):
    def of(name):
        (found,) = find(replace(request_, names=(name,)), scored_run)
        return found.expertise

    return of


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_moves_the_units_that_it_ranks_best(made, expertise, request_, library, scored_run, rule):
    (kind, change), (other_kind, control) = made(rule=rule, experts=9, strengths=(0.5,), control="random")
    assert (kind, other_kind) == ("steered", "control")
    steered = change.intervention
    among = RULES[rule].ranks_by
    first = 0 if among == "auroc" else change.dose.first_layer
    cat = expertise("cat")
    best = top_experts(cat, 9, among=cat.units.layer_of >= first, by=among)
    assert set(steered.unit_ids) == set(best)
    tokens = statistics_over_tokens(request_, library["cat"], scored_run) if RULES[rule].per_token else None
    alone = set_to_dose(cat, change.dose, tokens=tokens)
    np.testing.assert_array_equal(steered.targets, alone.targets)
    assert steered.strength == change.strength == 0.5
    assert len(control.intervention.unit_ids) == 9
    assert not set(control.intervention.unit_ids) & set(best)


def test_a_rule_by_auroc_takes_all_units_above_one_half_where_nothing_is_named(made, expertise, model):
    ((_, change),) = made(rule="aura")
    assert change.dose == Dose(0, 0, 1.0, rule="aura")
    assert change.intervention.unit_ids.tolist() == np.flatnonzero(expertise("cat").auroc > 0.5).tolist()
    usual = Dose(3, 40, 0.6, queries_keys=False)
    named = SteerRequest(
        rule="det0", experts=7, strengths=(0.5, 1.0), first_layer=1, last_layer=4, kind="mlp"
    )
    assert asked_dose(named, replace(usual, rule="det0")) == Dose(1, 7, 0.5, False, "det0", 4, "mlp")
    assert asked_dose(SteerRequest(), usual) == usual
    ((_, away),) = made(rule="set-off")
    assert away.dose == replace(safe_dose(model.units), rule="set-off")


def test_several_concepts_have_their_own_rules_and_strengths(made, expertise, library, request_):
    also = (
        Added(concept="dog", rule="set-off", strength=0.9, experts=20),
        Added(concept="river", rule="damp", experts=5),
    )
    (_, mild), (_, full) = made(experts=25, strengths=(0.3, 1.0), first_layer=1, also=also)
    for change, strength in ((mild, 0.3), (full, 1.0)):
        whole = change.intervention
        assert whole.label == "cat, 25 experts + dog, 20 experts, set-off + river, 5 experts, damp"
        cat = top_experts(expertise("cat"), 25, among=whole.units.layer_of >= 1)
        at_cat = np.isin(whole.unit_ids, cat)
        assert at_cat.sum() == 25, "a unit of several concepts is left to the first"
        assert set(whole.strengths[at_cat].round(6)) == {np.float32(strength).round(6)}
        dog = expertise("dog")
        others = whole.unit_ids[25:]
        first = safe_dose(dog.units).first_layer
        wanted = top_experts(dog, 20, among=dog.units.layer_of >= first).tolist()
        own = [unit for unit in wanted if unit not in cat]
        assert others[: len(own)].tolist() == own
        np.testing.assert_array_equal(whole.targets[25 : 25 + len(own)], dog.off_mean[own])
        assert (whole.strengths[25 : 25 + len(own)] == np.float32(0.9)).all()
        damped = whole.slopes == 0.5
        assert (whole.strengths[damped] == 1.0).all(), "the usual strength of a rule by AUROC"
        assert change.at_odds == 25 + 20 + 5 - len(whole.unit_ids)
    asked = SteerRequest(find=request_, concept="cat", also=also, control="other-concept", other="lake")
    assert needed_concepts(asked, library) == ("cat", "dog", "river", "lake")


def test_the_random_control_of_several_concepts_has_all_their_numbers(made):
    also = (Added(concept="dog", rule="aura", experts=10),)
    (_, steered), (_, control) = made(
        experts=10, strengths=(0.5,), first_layer=0, also=also, control="random"
    )
    assert control.intervention.label == (
        "random units for cat, 10 experts, draw 0 + random units for dog, 10 experts, aura, draw 1"
    )
    assert steered.intervention.slopes is not None
    assert set(control.intervention.strengths.tolist()) == {0.5, 1.0}


def test_listed_units_and_tau_stand_in_place_of_the_best(made, expertise, model):
    cat = expertise("cat")
    names = tuple(model.units.label(unit) for unit in (200, 7, 90))
    ((_, listed),) = made(units=names)
    assert listed.intervention.unit_ids.tolist() == [7, 90, 200]
    assert listed.intervention.label == "cat, 3 units"
    assert units_named(model.units, names).tolist() == [200, 7, 90]
    tau = float(np.sort(cat.ap)[-12])
    ((_, above),) = made(tau=tau, first_layer=0)
    assert above.intervention.unit_ids.tolist() == np.flatnonzero(cat.ap > tau).tolist()


@pytest.mark.parametrize("choice", ["tau", "units"])
def test_another_concept_as_the_control_has_as_many_units(made, expertise, model, choice):
    tau = float(np.sort(expertise("cat").ap)[-12])
    options = {
        "tau": {"tau": tau, "first_layer": 0},
        "units": {"units": (model.units.label(9), model.units.label(80))},
    }
    (_, steered), (_, control) = made(control="other-concept", other="river", **options[choice])
    assert len(control.intervention.unit_ids) == len(steered.intervention.unit_ids)


@pytest.mark.parametrize(
    "name", ["layers.0.mlp:1", "7", "layers.0.mlp.dense_4h_to_h:16", "layers.0.mlp.dense_4h_to_h:-1"]
)
def test_a_unit_that_is_not_there_is_named(made, name):
    with pytest.raises(
        InputError, match=f"the model has no unit '{name}': expected a module's path and an index"
    ):
        made(units=(name,))


def test_what_cannot_be_asked_is_explained(made, library, request_):
    for names in (("cat", "cat"), ("dog", "dog")):
        with pytest.raises(InputError, match="is steered twice among cat, "):
            SteerRequest(concept="cat", also=tuple(Added(concept=name) for name in names))
    with pytest.raises(InputError, match="no concept 'cart'"):
        needed_concepts(SteerRequest(find=request_, concept="cat", also=(Added(concept="cart"),)), library)
    with pytest.raises(InputError, match="rule is 'melt': expected one of set"):
        Added(concept="dog", rule="melt")
    with pytest.raises(InputError, match="the last layer is 0, before the first, 1"):
        made(first_layer=1, last_layer=0)
    request = SteerRequest(
        concept="cat", also=(Added(concept="dog", rule="aura", strength=0.5),), units=("a:1",)
    )
    assert SteerRequest.from_json(request.to_json()) == request


def test_texts_say_on_how_many_units_the_concepts_are_at_odds(request_, run):
    also = (Added(concept="dog", experts=40, strength=1.0),)
    request = SteerRequest(
        find=request_, concept="cat", experts=40, strengths=(1.0,), first_layer=1, also=also, tokens=4
    )
    *_, (original, steered) = steer(request, run)
    assert original.at_odds == 0
    assert steered.at_odds + steered.experts == 80
    assert steered.at_odds > 0

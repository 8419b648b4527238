"""Every rule against its formula, unit by unit in plain Python: on made-up statistics, and inside a model."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from expertlens_core.errors import InputError
from expertlens_core.experts import STATISTICS, Expertise
from expertlens_core.experts.token_statistics import Side, TokenStatistics
from expertlens_core.models.hooks import observing
from expertlens_core.models.units import UnitModule, Units
from expertlens_core.steering.dose import Dose, set_to_dose
from expertlens_core.steering.edits import Edits
from expertlens_core.steering.generation import generate
from expertlens_core.steering.intervention import intervene, joined, random_control
from expertlens_core.steering.row import Row
from expertlens_core.steering.rules import RULES, maps_by

IDS = torch.tensor([[5, 6, 7, 8, 9, 200, 31]])


def formula(rule, found, tokens, unit, z):
    """T(z) of one unit, from docs/method.md, section 9."""
    on, off = tokens.on, tokens.off
    source, goal = (on, off) if rule.endswith("-off") else (off, on)
    if rule.startswith("set"):
        statistic = {"set": "on_mean", "set-p50": "on_p50", "set-p90": "on_p90", "set-off": "off_mean"}[rule]
        return float(getattr(found, statistic)[unit])
    if rule == "aura":
        auroc = float(found.auroc[unit])
        return (1 - 2 * (auroc - 0.5)) * z if auroc > 0.5 else z
    if rule in ("damp", "det0"):
        return 0.5 * z if rule == "damp" else 0.0
    mean = float(source.mean[unit]), float(goal.mean[unit])
    if rule.startswith("mean-act"):
        return z - mean[0] + mean[1]
    if rule.startswith("gaussian-act"):
        spread = float(source.std[unit]), float(goal.std[unit])
        return z if min(spread) <= 1e-4 else spread[1] / spread[0] * (z - mean[0]) + mean[1]
    if not float(source.lowest[unit]) <= z <= float(source.highest[unit]):
        return z
    return float(source.slope[unit]) * (z - float(source.quantile_mean[unit])) + float(
        goal.quantile_mean[unit]
    )


@pytest.fixture(scope="module")
def found(tiny):
    """Statistics of a made-up concept for the units of the tiny model; a tenth of them hardly vary."""
    return made_up(tiny.units, "cat", 0)


def made_up(units, concept, seed):
    random, count = np.random.default_rng(seed), units.count
    columns = {name: random.normal(size=count).astype(np.float32) for name in STATISTICS}
    columns |= {name: random.random(count) for name in ("ap", "auroc")}
    expertise = Expertise(concept, units, **columns, first_token_share=np.zeros(1), positives=9, negatives=9)
    sides = []
    for _ in range(2):
        low, mean, high = np.sort(random.normal(size=(3, count)), axis=0)
        spread = np.where(random.random(count) < 0.05, 1e-5, random.uniform(0.1, 2, count))
        middle, slope = mean + 0.01 * random.normal(size=count), random.normal(size=count)
        sides.append(Side(*(each.astype(np.float32) for each in (mean, spread, low, high, middle, slope))))
    return expertise, TokenStatistics(concept, *sides)


def by_rule(found, rule, ids, strength=1.0):
    expertise, tokens = found
    return intervene(
        expertise.units, ids, maps_by(rule, tokens if RULES[rule].per_token else expertise), strength, rule
    )


def before_and_after(model, *interventions):
    """All hooked outputs of one pass, `[rows, tokens, units]` as each hook found and as it left them."""
    edit, seen = Edits.of(model.units, interventions).observer(), {}

    def record(position, output):
        before = output.clone()
        edit(position, output)
        seen[position] = before, output.clone()

    ids = IDS.expand(len(interventions), -1)
    with torch.inference_mode(), observing(record, ids.shape, len(model.units.modules)):
        model.model(ids)
    return [torch.cat([seen[i][j] for i in range(len(seen))], dim=-1).numpy() for j in (0, 1)]


def expected(found, rule, strength, before, unit):
    return [(1 - strength) * z + strength * formula(rule, *found, unit, z) for z in before[:, unit].tolist()]


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_maps_a_value_as_its_formula_says(found, rule):
    ids = np.arange(found[0].units.count)
    maps = by_rule(found, rule, ids).maps
    for unit in ids.tolist():
        low, high = (None, None) if maps.low is None else (maps.low[unit], maps.high[unit])
        for z in (-2.0, -0.3, 0.0, 0.4, 1.7):
            made = float(maps.targets[unit]) + (0.0 if maps.slopes is None else float(maps.slopes[unit])) * z
            if low is not None and not low <= z <= high:
                made = z
            assert made == pytest.approx(formula(rule, *found, unit, z), rel=1e-5, abs=1e-5)


@pytest.mark.parametrize("strength", [1.0, 0.3, 0.8])
@pytest.mark.parametrize("rule", RULES)
def test_a_rule_moves_the_chosen_units_of_a_model_as_its_formula_says(tiny, found, rule, strength):
    ids = np.sort(np.random.default_rng(3).choice(tiny.units.count, 150, replace=False))
    before, after = (each[0] for each in before_and_after(tiny, by_rule(found, rule, ids, strength)))
    for unit in ids.tolist():
        wanted = expected(found, rule, strength, before, unit)
        np.testing.assert_allclose(after[:, unit], wanted, rtol=2e-5, atol=2e-5)
    rest = np.setdiff1d(np.arange(tiny.units.count), ids)
    assert before[:, rest].tobytes() == after[:, rest].tobytes()
    if rule.startswith("linear-act"):
        share = (before[:, ids] == after[:, ids]).mean()
        assert 0.1 < share < 0.9, "some values are inside of the source's range, some outside"


def test_rows_with_different_rules_do_not_touch_each_other(tiny, found):
    ids = np.arange(0, tiny.units.count, 3)
    rules = ("linear-act", "set", "aura", "gaussian-act-off", "det0")
    rows = [None, *(by_rule(found, rule, ids, 0.6) for rule in rules)]
    before, after = before_and_after(tiny, *rows)
    assert before[0].tobytes() == after[0].tobytes()
    for row, rule in enumerate(rules, 1):
        for unit in ids.tolist():
            wanted = expected(found, rule, 0.6, before[row], unit)
            np.testing.assert_allclose(after[row, :, unit], wanted, rtol=2e-5, atol=2e-5)


def test_joined_interventions_keep_their_rules_and_strengths_and_leave_conflicts_to_the_first(tiny, found):
    other = made_up(tiny.units, "dog", 1)
    plan = [
        (found, "set", 0.9, np.arange(40, 0, -2)),
        (other, "linear-act", 0.4, np.arange(30, 60)),
        (found, "aura", 1.0, np.arange(0, 90, 3)),
    ]
    parts = [by_rule(some, rule, ids, strength) for some, rule, strength, ids in plan]
    whole, at_odds = joined(parts)
    owner = {}
    for number, part in enumerate(parts):
        for unit in part.unit_ids.tolist():
            owner.setdefault(unit, number)
    assert at_odds == sum(len(part.unit_ids) for part in parts) - len(owner)
    assert at_odds > 0
    assert whole.unit_ids.tolist() == list(owner), "in the order of the parts"
    assert whole.label == "set + linear-act + aura"
    before, after = (each[0] for each in before_and_after(tiny, whole))
    for unit, number in owner.items():
        some, rule, strength, _ = plan[number]
        np.testing.assert_allclose(
            after[:, unit], expected(some, rule, strength, before, unit), rtol=2e-5, atol=2e-5
        )
    rest = np.setdiff1d(np.arange(tiny.units.count), whole.unit_ids)
    assert before[:, rest].tobytes() == after[:, rest].tobytes()


def test_joining_one_changes_nothing_and_none_or_two_models_units_are_refused(found):
    one = by_rule(found, "aura", np.arange(5))
    assert joined([one]) == (one, 0)
    with pytest.raises(InputError, match="no intervention to join"):
        joined([])
    elsewhere = by_rule(made_up(Units((UnitModule("other", 0, "mlp", 9),)), "cat", 0), "aura", np.arange(5))
    with pytest.raises(InputError, match="were made for different models"):
        joined([one, elsewhere])


@pytest.mark.parametrize("rule", RULES)
def test_random_units_are_moved_by_their_own_statistics(found, rule):
    experts = by_rule(found, rule, np.arange(0, 200, 5), 0.7)
    control = random_control(experts, 4)
    units = experts.units
    assert not set(control.unit_ids) & set(experts.unit_ids)
    assert np.bincount(units.module_of[control.unit_ids]).tolist() == (
        np.bincount(units.module_of[experts.unit_ids]).tolist()
    )
    assert control.strength == 0.7
    own = by_rule(found, rule, control.unit_ids).maps
    for made, wanted in zip(control.maps.columns, own.columns):
        np.testing.assert_array_equal(made, wanted)
    again = random_control(experts, 4)
    np.testing.assert_array_equal(again.unit_ids, control.unit_ids)


def test_what_a_rule_says_of_itself(found):
    assert RULES["gaussian-act-off"].formula.startswith("T(z) = (deviation of the destination")
    assert all(rule.formula.startswith("T(z) = ") and rule.title for rule in RULES.values())
    taking = {name for name, rule in RULES.items() if rule.suppresses}
    assert taking == {
        "set-off",
        "aura",
        "damp",
        "det0",
        *(f"{act}-act-off" for act in ("mean", "gaussian", "linear")),
    }


@pytest.mark.parametrize("rule", ["set-p90", "aura", "linear-act"])
def test_statistics_that_are_missing_are_refused(found, rule):
    expertise, tokens = found
    if RULES[rule].per_token:
        slope = np.where(np.arange(expertise.units.count) == 3, np.nan, tokens.off.slope)
        columns = (
            tokens.off.mean,
            tokens.off.std,
            tokens.off.lowest,
            tokens.off.highest,
            tokens.off.quantile_mean,
        )
        lacking = expertise, TokenStatistics("cat", tokens.on, Side(*columns, slope))
    else:
        lacking = made_up(expertise.units, "cat", 0)
        name = "auroc" if rule == "aura" else "on_p90"
        getattr(lacking[0], name).flags.writeable = True
        getattr(lacking[0], name)[3] = math.nan
    assert len(by_rule(lacking, rule, np.array([2, 4])).unit_ids) == 2
    with pytest.raises(InputError, match=f"the kept experts of 'cat' lack what the rule '{rule}' needs"):
        by_rule(lacking, rule, np.array([2, 3]))
    with pytest.raises(InputError, match="reaches no unit: choose at least one"):
        by_rule(found, rule, np.array([], dtype=np.int64))


def test_a_rule_of_acts_wants_statistics_over_tokens(found):
    with pytest.raises(InputError, match="'mean-act' wants statistics over tokens"):
        set_to_dose(found[0], Dose(0, 5, 1.0, rule="mean-act"))
    made = set_to_dose(found[0], Dose(0, 5, 1.0, rule="mean-act"), tokens=found[1])
    assert made.label == "cat, 5 experts, mean-act"


def test_a_model_that_stops_giving_numbers_is_told_with_every_strength_of_a_joined_intervention(tiny, found):
    parts = [by_rule(found, "set", np.arange(5), 0.25), by_rule(found, "aura", np.arange(9, 12), 1.0)]
    broken, _ = joined(parts)
    huge = replace(broken, targets=np.full(8, 3e38, np.float32), slopes=None)
    message = r"row 0 \(set \+ aura, strength 0.25 and 1\): the model's output is no longer a number; lower"
    with pytest.raises(InputError, match=message):
        list(generate(tiny, "One", [Row("steered", 0, huge)], max_new_tokens=3))

"""Calibration: the dose is found once, kept, and used by steering."""

from dataclasses import replace

import numpy as np
import pytest

from expertlens_core.concepts import Concept, Library
from expertlens_core.concepts.related_words import shows, telling_words
from expertlens_core.errors import Cancelled, InputError
from expertlens_core.pipeline import (
    CalibrateRequest,
    SteerRequest,
    best_rule,
    calibrate_concept,
    dose_of,
    known_calibration,
    plan_find,
    steer,
)  # fmt: skip
from expertlens_core.steering import calibration
from expertlens_core.steering.calibration import scan
from expertlens_core.steering.dose import Calibration, Dose, DosePoint, safe_dose
from expertlens_core.steering.sweet_spot import sweet_spot


def point(strength: float, presence: float, perplexity: float | None, distinct: float = 1.0) -> DosePoint:
    return DosePoint(Dose(1, 10, strength), 24, presence, perplexity, distinct, final=True)


def test_the_rule_takes_the_dose_that_shows_the_concept_most_within_the_bounds():
    broken, repeats = point(1.0, 1.0, 2.21), point(0.9, 1.0, 1.2, 0.79)
    good, as_good, weak = point(0.5, 0.7, 2.2, 0.8), point(0.6, 0.7, 1.3), point(0.3, 0.4, 1.0)
    assert sweet_spot([broken, repeats, good, as_good, weak]) == (as_good.dose, True)
    assert sweet_spot([broken, repeats, good, weak]) == (good.dose, True)
    assert sweet_spot([broken, point(1.1, 0.9, float("nan")), point(1.2, 0.9, None)]) == (broken.dose, False)


@pytest.fixture
def calibrated(request_, run):
    steps = []
    telling = run.at_hand(progress=lambda *step: steps.append(step))
    return calibrate_concept(CalibrateRequest(request_), telling), steps


def planned(request_, run):
    return plan_find(replace(request_, names=("cat",)), run)


def test_a_calibration_is_kept_and_steer_uses_it(calibrated, request_, model, run, forbidden, monkeypatch):
    result, steps = calibrated
    plan = planned(request_, run)
    assert known_calibration(plan, "cat", run) == result
    assert dose_of(plan, "cat", model.units, run) == (result.dose, True)
    assert dose_of(plan, "river", model.units, run) == (safe_dose(model.units), False)
    uncounted = [what for _, total, what in steps if not total]
    assert any(what.startswith("finding its experts") for what in uncounted)
    assert "writing unsteered texts, once for this model" in uncounted
    counted = [(done, total) for done, total, _ in steps if total]
    assert counted == [(done, counted[0][1]) for done in range(len(counted))]
    assert sum(each.final for each in result.curve) == min(calibration.FINALISTS, len(result.curve))
    assert {each.dose for each in result.curve} == set(scan(model.units))
    monkeypatch.setattr(calibration, "calibrate", forbidden)
    assert calibrate_concept(CalibrateRequest(request_), run) == result
    request = SteerRequest(find=request_, concept="cat", tokens=3)
    *_, (_, steered) = steer(request, run)
    written = Dose(steered.first_layer, steered.experts, steered.strength, steered.queries_keys)
    assert written == result.dose


def test_other_related_words_ask_for_another_calibration(calibrated, request_, library, run):
    cat, *others = library
    changed = Library(library.name, (replace(cat, related=("whiskers",)), *others))
    assert known_calibration(planned(request_, run), "cat", run) is not None
    assert known_calibration(planned(request_, run.at_hand(library=changed)), "cat", run) is None


def test_a_stopped_calibration_keeps_nothing(request_, store, run):
    def written():
        return any(entry.stage == "original texts" for entry in store.show())

    with pytest.raises(Cancelled):
        calibrate_concept(CalibrateRequest(request_), run.at_hand(cancelled=written))
    assert known_calibration(planned(request_, run), "cat", run) is None
    assert [entry.stage for entry in store.show() if entry.stage == "calibration"] == []


def test_what_shows_a_concept():
    cat = Concept("cat", ("a cat", "two cats"), related=("whisker", "purr"))
    assert shows(cat, "Cats slept.")
    assert shows(cat, "It was PURRING at the door.")
    assert not shows(cat, "The concatenation of purple things.")
    assert not shows(cat, "")


def test_without_related_words_those_count_that_tell_the_sentences_apart():
    positives = tuple(f"the quokka lives on island number {i} and eats leaves" for i in range(20))
    others = tuple(f"the teacher lives in house number {i}" for i in range(50))
    words = telling_words(Concept("quokka", positives), others)
    assert {"quokka", "island", "eats", "leaves"} <= words
    assert words.isdisjoint({"the", "lives", "number"})


def test_the_scan_fits_every_model(model):
    doses = scan(model.units)
    assert len(doses) == len(set(doses)) > 3
    assert all(0 <= dose.first_layer < model.units.layers for dose in doses)
    assert all(1 <= dose.experts <= model.units.count // 2 for dose in doses)
    assert np.isfinite([dose.strength for dose in doses]).all()


def test_a_rule_has_a_calibration_of_its_own(request_, model, run, monkeypatch):
    for name, few in (("FIRST", (range(1), 4)), ("SECOND", (range(1), 4))):
        monkeypatch.setattr(calibration, name, few)
    result = calibrate_concept(CalibrateRequest(request_, rule="mean-act"), run)
    assert {each.dose.rule for each in result.curve} == {"mean-act"}
    plan = planned(request_, run)
    assert known_calibration(plan, "cat", run) is None
    assert known_calibration(plan, "cat", run, "mean-act") == result
    assert dose_of(plan, "cat", model.units, run, "mean-act") == (result.dose, True)
    assert dose_of(plan, "cat", model.units, run, "set-p90")[0] == replace(
        safe_dose(model.units), rule="set-p90"
    )
    assert not dose_of(plan, "cat", model.units, run, "linear-act")[1]


def test_a_rule_that_takes_away_cannot_be_calibrated(request_, run):
    with pytest.raises(InputError, match="'aura' takes a concept away"):
        calibrate_concept(CalibrateRequest(request_, rule="aura"), run)


def test_the_best_rule_is_the_one_whose_dose_shows_the_concept_most_within_the_bounds(
    request_, run, monkeypatch
):
    def known(presence, perplexity, rule):
        dose = Dose(1, 10, 0.5, rule=rule)
        return Calibration(
            "cat", dose, True, 0.0, (DosePoint(dose, 24, presence, perplexity, 1.0, final=True),)
        )

    kept = {
        "set": known(0.5, 1.4, "set"),
        "mean-act": known(0.7, 1.9, "mean-act"),
        "linear-act": known(0.9, 3.0, "linear-act"),
    }
    monkeypatch.setattr(
        "expertlens_core.pipeline.writing.calibrate.known_calibration",
        lambda _p, _c, _r, rule: kept.get(rule),
    )
    plan = planned(request_, run)
    assert best_rule(plan, "cat", run) == "mean-act"
    kept.pop("mean-act")
    assert best_rule(plan, "cat", run) == "set"
    kept.clear()
    assert best_rule(plan, "cat", run) is None

"""The estimate: what it rests on, what it counts, and that it changes nothing."""

from dataclasses import asdict, replace

import pytest

from expertlens_core.pipeline import FindRequest, find, plan_find
from expertlens_core.pipeline import estimate_find as estimate_plan
from expertlens_core.pipeline.finding.model_record import ModelRecord, load_for
from expertlens_core.pipeline.finding.speed import Speed, known_speed, measure_speed, speed_name, spread_order
from expertlens_core.run import Run


def estimate_find(request, run):
    return estimate_plan(plan_find(request, run), run)


def test_cached_results_cost_nothing_and_need_no_model(request_, library, model, store, monkeypatch):
    list(find(request_, Run(store, library=library, model=model)))
    monkeypatch.setattr("expertlens_core.pipeline.finding.estimate.measure_speed", None)
    found = estimate_find(request_, Run(store, library=library, model=model))
    assert (found.seconds, found.disk_bytes, found.memory_bytes, found.sentences, found.concepts) == (
        0,
        0,
        0,
        0,
        0,
    )
    assert found.how == "Everything is in the cache."


def test_a_model_at_hand_is_measured_once_and_then_remembered(request_, library, model, store):
    first = estimate_find(request_, Run(store, library=library, model=model))
    assert first.measured
    assert "just now" in first.how
    assert first.seconds > 0
    again = estimate_find(request_, Run(store, library=library, model=model))
    assert again.measured
    assert "earlier" in again.how
    other = replace(request_, pooling="mean")
    assert "just now" in estimate_find(other, Run(store, library=library, model=model)).how


def test_a_remembered_speed_needs_no_model(request_, library, store):
    load_for(request_, Run(store))
    plan = plan_find(request_, Run(store, library=library))
    speed = Speed(sentence=1.0, characters=1.0, unit=0.0, scored=1)
    store.documents.put(speed_name(request_, plan.record), asdict(speed))
    found = estimate_find(plan.request, Run(store, library=library))
    assert found.measured
    characters = sum(len(s) for c in library for s in (*c.positives[:1],))
    assert found.seconds > characters  # a second per character of every sentence


def test_a_speed_of_an_earlier_version_is_not_believed(request_, model, store):
    record = ModelRecord.of(model)
    store.documents.put(speed_name(request_, record), {"sentence": 1.0})
    assert known_speed(request_, record, Run(store)) is None


def test_time_is_in_proportion_to_what_is_missing(request_, library, model, store):
    record = ModelRecord.of(model)
    store.documents.put(speed_name(request_, record), asdict(Speed(1.0, 40.0, 0.0, 1)))
    everything = estimate_find(request_, Run(store, library=library, model=model))
    list(find(replace(request_, names=("number",)), Run(store, library=library, model=model)))
    rest = estimate_find(request_, Run(store, library=library, model=model))
    (number,) = (c for c in library if c.key == "number")
    left_out = (*number.positives[:16], *number.negatives)
    assert everything.concepts - rest.concepts == 1
    assert everything.sentences - rest.sentences == 16 + 60
    assert everything.seconds - rest.seconds == pytest.approx(sum(map(len, left_out)) / 40, rel=0.05)


def test_an_unknown_model_is_judged_by_its_size_and_says_so(request_, library, store):
    found = estimate_find(request_, Run(store, library=library))
    assert not found.measured
    assert "rough" in found.how
    assert 0 < found.seconds < 60
    assert store.show() == []


def test_a_model_that_is_not_here_can_be_estimated_from_the_catalogue(library, store, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    request = FindRequest(model="EleutherAI/pythia-70m", library="tiny", positives=16, negatives=40)
    small = estimate_find(request, Run(store, library=library))
    large = estimate_find(replace(request, model="EleutherAI/pythia-1b"), Run(store, library=library))
    assert large.seconds > 3 * small.seconds
    assert large.disk_bytes > 10 * small.disk_bytes
    assert small.memory_bytes > 70_000_000 * 4
    half = estimate_find(replace(request, dtype="bfloat16"), Run(store, library=library))
    assert half.memory_bytes < 0.6 * small.memory_bytes


def test_memory_is_weights_and_the_responses_held_at_once(request_, library, model, store):
    weights = sum(parameter.numel() for parameter in model.model.parameters()) * 4
    one = replace(request_, names=("cat",))
    found = estimate_find(one, Run(store, library=library, model=model))
    assert found.memory_bytes == weights + 4 * (16 + 40) * model.units.count
    all_ = estimate_find(request_, Run(store, library=library, model=model))
    assert all_.memory_bytes == weights + 4 * 16 * model.units.count  # the pool stays on the disk


@pytest.mark.parametrize("pooling", ["max", "last", "selfcond-2022"])
def test_speed_is_measured_for_every_pooling_and_for_a_single_sentence(request_, model, pooling):
    request = replace(request_, pooling=pooling)
    for sentences in (("One sentence.",), tuple(f"Sentence {'very ' * (i % 7)}{i}." for i in range(50))):
        speed = measure_speed(request, model, sentences, 16, 40)
        assert speed.sentence > 0
        assert speed.unit > 0
        assert speed.characters == sum(map(len, sentences)) / len(sentences)


@pytest.mark.parametrize("count", [1, 2, 3, 7, 8, 40])
def test_the_order_of_measuring_visits_everything_and_starts_spread_out(count):
    order = spread_order(count)
    assert sorted(order) == list(range(count))
    assert count < 8 or max(order[:4]) - min(order[:4]) >= count // 2

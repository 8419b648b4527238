"""The estimate: what it rests on, what it counts, and that it changes nothing."""

from dataclasses import asdict, astuple, replace

import numpy as np
import pytest

from expertlens_core.pipeline import FindRequest, ModelRecord, estimate_find, find, load_for, plan_find
from expertlens_core.pipeline.finding.pool import CHUNK, growing_responses, pool_key
from expertlens_core.pipeline.finding.speed import Speed, known_speed, measure_speed, speed_name, spread_order
from expertlens_core.run import Run


@pytest.fixture
def estimate(run):
    """The estimate of a request with the model at hand."""
    return lambda request: estimate_find(plan_find(request, run), run)


@pytest.fixture
def counted(run):
    """The same without a measurement of the model."""
    return lambda request: estimate_find(plan_find(request, run), run.at_hand(model=None))


@pytest.fixture
def cold(store, library):
    """A run without the model."""
    return Run(store, library=library)


def test_cached_results_cost_nothing_and_need_no_model(request_, run, estimate, monkeypatch):
    list(find(request_, run))
    monkeypatch.setattr("expertlens_core.pipeline.finding.estimate.measure_speed", None)
    assert astuple(estimate(request_)) == (0, 0, 0, 0, 0, True, "Everything is in the cache.")


def test_a_model_at_hand_is_measured_once_and_then_remembered(request_, estimate):
    first, again = estimate(request_), estimate(request_)
    assert first.measured
    assert "just now" in first.how
    assert first.seconds > 0
    assert again.measured
    assert "earlier" in again.how
    assert "just now" in estimate(replace(request_, pooling="mean")).how


def test_a_remembered_speed_needs_no_model(request_, library, store, cold):
    load_for(request_, Run(store))
    plan = plan_find(request_, cold)
    speed = Speed(sentence=1.0, characters=1.0, unit=0.0, scored=1)
    store.documents.put(speed_name(request_, plan.record), asdict(speed))
    found = estimate_find(plan, cold)
    assert found.measured
    assert found.seconds > sum(len(c.positives[0]) for c in library), (
        "a second per character of all sentences"
    )


def test_a_speed_of_an_earlier_version_is_not_believed(request_, model, store):
    record = ModelRecord.of(model)
    store.documents.put(speed_name(request_, record), {"sentence": 1.0})
    assert known_speed(request_, record, Run(store)) is None


def test_time_is_in_proportion_to_what_is_missing(request_, library, model, store, run, estimate):
    speed = Speed(1.0, 40.0, 0.0, 1)
    store.documents.put(speed_name(request_, ModelRecord.of(model)), asdict(speed))
    everything = estimate(request_)
    list(find(replace(request_, names=("number",)), run))
    rest, number = estimate(request_), library["number"]
    left_out = (*number.positives[:16], *number.negatives)
    assert everything.concepts - rest.concepts == 1
    assert everything.sentences - rest.sentences == 16 + 60
    assert everything.seconds - rest.seconds == pytest.approx(sum(map(len, left_out)) / 40, rel=0.05)


def test_an_unknown_model_is_judged_by_its_size_and_says_so(request_, store, cold):
    found = estimate_find(plan_find(request_, cold), cold)
    assert not found.measured
    assert "rough" in found.how
    assert 0 < found.seconds < 60
    assert store.show() == []


def test_a_model_that_is_not_here_can_be_estimated_from_the_catalogue(cold, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    request = FindRequest(model="EleutherAI/pythia-70m", library="tiny", positives=16, negatives=40)
    small, large, half = (
        estimate_find(plan_find(replace(request, **change), cold), cold)
        for change in ({}, {"model": "EleutherAI/pythia-1b"}, {"dtype": "bfloat16"})
    )
    assert large.seconds > 3 * small.seconds
    assert large.disk_bytes > 10 * small.disk_bytes
    assert small.memory_bytes > 70_000_000 * 4
    assert half.memory_bytes < 0.6 * small.memory_bytes


def test_memory_is_weights_and_the_responses_held_at_once(request_, model, estimate):
    weights = sum(parameter.numel() for parameter in model.model.parameters()) * 4
    one, whole = estimate(replace(request_, names=("cat",))), estimate(request_)
    assert one.memory_bytes == weights + 4 * (16 + 40) * model.units.count
    assert whole.memory_bytes == weights + 4 * 16 * model.units.count, "the pool stays on the disk"


@pytest.mark.parametrize("names", [(), ("cat",), ("number",), ("cat", "number"), ("cat", "dog", "rose")])
@pytest.mark.parametrize("cached", [(), ("cat",), ("cat", "dog", "rose", "tulip", "river")])
def test_it_counts_the_sentences_that_the_session_will_run(counted, request_, run, names, cached):
    if cached:
        list(find(replace(request_, names=cached), run))
    request, told = replace(request_, names=names), []
    work, missing = counted(request), plan_find(request, run).missing
    list(find(request, run.at_hand(progress=lambda _, total, __: told.append(total))))
    assert work.sentences == max(told, default=0)
    assert not missing or work.disk_bytes > 0


def test_counting_leaves_nothing_behind(counted, request_, store):
    first, names = counted(request_), store.documents.names()
    assert counted(request_).sentences == first.sentences
    assert store.documents.names() == names
    assert not [name for name in names if name.startswith("pool demand")]
    assert store.show() == []


@pytest.mark.parametrize("names", [(), ("cat",)], ids=["the pool too", "no pool"])
def test_the_files_are_as_large_as_it_says(counted, request_, run, store, names):
    request = replace(request_, names=names)
    work = counted(request)
    list(find(request, run))
    assert ("pool responses" in {entry.stage for entry in store.show()}) == (not names)
    assert work.disk_bytes == pytest.approx(store.size(), rel=0.1)


def test_finished_chunks_of_the_pool_are_not_counted_again(counted, request_, run, store):
    whole, plan = counted(request_), plan_find(request_, run)
    store.growing(*growing_responses(plan)).put(0, {"done": np.array([1])})
    rest = counted(request_)
    assert whole.sentences - rest.sentences == min(CHUNK, len(plan.pool))
    assert rest.disk_bytes < whole.disk_bytes
    store.computed(pool_key(plan), lambda: ({}, {}))
    assert whole.sentences - counted(request_).sentences == len(plan.pool)


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

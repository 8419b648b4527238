"""The workload: the session's own count of sentences, and the bytes of the files it leaves."""

from dataclasses import replace

import numpy as np
import pytest

from expertlens_core.pipeline import estimate_find, find, plan_find
from expertlens_core.pipeline.finding.pool import CHUNK, growing_responses, pool_key


@pytest.fixture
def work_of(run):
    """What a request asks for, without a measurement of the model."""

    def make(request):
        return estimate_find(plan_find(request, run), run.at_hand(model=None))

    return make


def counted(request, run):
    """The sentences that a find counts."""
    told = []
    list(find(request, run.at_hand(progress=lambda *step: told.append(step))))
    return max((total for _, total, _ in told), default=0)


@pytest.mark.parametrize("names", [(), ("cat",), ("number",), ("cat", "number"), ("cat", "dog", "rose")])
@pytest.mark.parametrize("cached", [(), ("cat",), ("cat", "dog", "rose", "tulip", "river")])
def test_it_counts_the_sentences_that_the_session_will_run(work_of, request_, run, names, cached):
    if cached:
        list(find(replace(request_, names=cached), run))
    request = replace(request_, names=names)
    work, missing = work_of(request), plan_find(request, run).missing
    assert work.sentences == counted(request, run)
    assert not missing or work.disk_bytes > 0


def test_counting_leaves_nothing_behind(work_of, request_, store):
    first, names = work_of(request_), store.documents.names()
    assert work_of(request_).sentences == first.sentences
    assert store.documents.names() == names
    assert not [name for name in names if name.startswith("pool demand")]
    assert store.show() == []


@pytest.mark.parametrize("names", [(), ("cat",)], ids=["the pool too", "no pool"])
def test_the_files_are_as_large_as_it_says(work_of, request_, run, store, names):
    request = replace(request_, names=names)
    work = work_of(request)
    list(find(request, run))
    assert ("pool responses" in {entry.stage for entry in store.show()}) == (not names)
    assert work.disk_bytes == pytest.approx(store.size(), rel=0.1)


def test_finished_chunks_of_the_pool_are_not_counted_again(work_of, request_, run, store):
    whole, plan = work_of(request_), plan_find(request_, run)
    store.growing(*growing_responses(plan)).put(0, {"done": np.array([1])})
    rest = work_of(request_)
    assert whole.sentences - rest.sentences == min(CHUNK, len(plan.pool))
    assert rest.disk_bytes < whole.disk_bytes
    store.computed(pool_key(plan), lambda: ({}, {}))
    assert whole.sentences - work_of(request_).sentences == len(plan.pool)

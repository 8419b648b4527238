"""The workload: the session's own count of sentences, and the bytes of the files it leaves."""

from dataclasses import replace

import numpy as np
import pytest

from expertlens_core.pipeline import find, plan_find
from expertlens_core.pipeline.finding.estimate import workload_of
from expertlens_core.pipeline.finding.pool_responses import CHUNK, _growth, pool_key
from expertlens_core.run import Run


@pytest.fixture
def plan_of(model, library, store):
    def make(request):
        return plan_find(request, Run(store, library=library, model=model))

    return make


@pytest.fixture
def work_of(plan_of, model, store):
    return lambda request: workload_of(plan_of(request), model.units, Run(store))


def expected(plan, model, store):
    told = []
    list(
        find(
            plan.request,
            Run(store, library=plan.library, model=model, progress=lambda *step: told.append(step)),
        )
    )
    return max((total for _, total, _ in told), default=0)


@pytest.mark.parametrize("names", [(), ("cat",), ("number",), ("cat", "number"), ("cat", "dog", "rose")])
@pytest.mark.parametrize("cached", [(), ("cat",), ("cat", "dog", "rose", "tulip", "river")])
def test_it_counts_the_sentences_that_the_session_will_run(
    plan_of, work_of, request_, model, library, store, names, cached
):
    if cached:
        list(find(replace(request_, names=cached), Run(store, library=library, model=model)))
    request = replace(request_, names=names)
    work = work_of(request)
    plan = plan_of(request)
    assert len(work.sentences) == expected(plan, model, store)
    assert plan.missing == () or work.disk_bytes > 0


def test_what_is_cached_costs_nothing(work_of, request_, model, library, store):
    list(find(request_, Run(store, library=library, model=model)))
    work = work_of(request_)
    assert (work.sentences, work.disk_bytes) == ((), 0)


def test_counting_leaves_nothing_behind(work_of, request_, store):
    work_of(request_)
    first = store.documents.names()
    assert work_of(request_).sentences == work_of(request_).sentences
    assert store.documents.names() == first
    assert not [name for name in first if name.startswith("pool demand")]
    assert store.show() == []


def test_the_files_are_as_large_as_it_says(work_of, request_, model, library, store):
    work = work_of(request_)
    assert work.keeps_pool
    list(find(request_, Run(store, library=library, model=model)))
    assert work.disk_bytes == pytest.approx(store.size(), rel=0.1)


def test_one_concept_leaves_no_pool(work_of, request_, model, library, store):
    request = replace(request_, names=("cat",))
    work = work_of(request)
    assert not work.keeps_pool
    list(find(request, Run(store, library=library, model=model)))
    assert work.disk_bytes == pytest.approx(store.size(), rel=0.1)


def test_finished_chunks_of_the_pool_are_not_counted_again(plan_of, work_of, request_, model, store):
    whole = work_of(request_)
    plan = plan_of(request_)
    store.growing(*_growth(plan)).put(0, {"done": np.array([1])})
    rest = work_of(request_)
    in_chunk = min(CHUNK, len(plan.pool))
    assert len(whole.sentences) - len(rest.sentences) == in_chunk
    assert rest.disk_bytes < whole.disk_bytes
    store.computed(pool_key(plan), lambda: ({}, {}))
    assert len(work_of(request_).sentences) == len(whole.sentences) - len(plan.pool)

"""The AP matrix: the cached results side by side, mapped."""

import time
from dataclasses import replace

import numpy as np
import pytest

from expertlens_core.run import Run
from expertlens_core.errors import InputError
from expertlens_core.pipeline import ap_matrix, find
from expertlens_core.pipeline.finding.model_record import ModelRecord


def test_rows_are_the_concepts_ap_in_library_order(request_, library, model, store):
    record = ModelRecord.of(model)
    with pytest.raises(InputError, match="there are no results"):
        ap_matrix(request_, Run(store, library=library, record=record))
    request = replace(request_, names=("dog", "cat"))
    results = {f.concept.key: f.expertise.ap for f in find(request, Run(store, library=library, model=model))}
    matrix = ap_matrix(request_, Run(store, library=library, record=record))
    assert matrix.concepts == ("cat", "dog")
    assert matrix.missing == ("rose", "tulip", "river", "lake", "number")
    for name, ap in results.items():
        np.testing.assert_array_equal(matrix.concept(name), ap)
    np.testing.assert_array_equal(matrix.unit(5), [results["cat"][5], results["dog"][5]])
    with pytest.raises(ValueError, match="read-only"):
        matrix.values[0, 0] = 1
    assert next(entry.keep for entry in store.show()) == "derived"


def test_a_new_result_makes_a_new_matrix(request_, library, model, store):
    record = ModelRecord.of(model)
    for names, count in ((("cat",), 1), (("cat", "dog"), 2)):
        list(find(replace(request_, names=names), Run(store, library=library, model=model)))
        assert len(ap_matrix(request_, Run(store, library=library, record=record)).concepts) == count


def test_one_column_of_750_concepts_takes_under_a_millisecond(store):
    from expertlens_core.artefacts import ArtefactKey, Rows

    row = np.random.default_rng(0).random(27_648)
    rows = Rows(750, row.size, np.float64, lambda: (row for _ in range(750)))
    values = store.computed(ArtefactKey("m", 1, {}, "derived"), lambda: ({"ap": rows}, {})).arrays["ap"]
    times = []
    for unit in range(100, 27_000, 1000):
        start = time.perf_counter()
        column = np.array(values[:, unit])
        times.append(time.perf_counter() - start)
        assert column[0] == row[unit]
    assert min(times) < 1e-3

"""The codec: any frozen result comes back as it was, through a file."""

import json
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some
from hypothesis.extra import numpy as arrays

from expertlens_core.artefacts import ArtefactKey
from expertlens_core.artefacts.codec import pack, unpack
from expertlens_core.run import Run, read_result

NUMBERS = some.floats(allow_nan=True, allow_infinity=True)


@dataclass(frozen=True, eq=False)
class Row:
    name: str
    value: float
    size: int | None
    flags: tuple[bool, ...]


@dataclass(frozen=True, eq=False)
class Result:
    rows: tuple[Row, ...]
    pair: tuple[str, float]
    values: np.ndarray
    more: dict[str, np.ndarray]
    by_name: dict[str, tuple[int, int]]
    nothing: np.ndarray | None = None


ROWS = some.builds(
    Row, some.text(), NUMBERS, some.none() | some.integers(-9, 9), some.tuples(some.booleans())
)
ARRAYS = arrays.arrays(
    some.sampled_from([np.float64, np.float32, np.int64, np.uint8, np.bool_]),
    some.tuples(some.integers(0, 3), some.just(2)),
)
RESULTS = some.builds(
    Result,
    some.lists(ROWS, max_size=3).map(tuple),
    some.tuples(some.text(), NUMBERS),
    ARRAYS,
    some.dictionaries(some.sampled_from("ab"), ARRAYS),
    some.dictionaries(some.sampled_from("ab"), some.tuples(some.integers(), some.integers())),
    some.none() | ARRAYS,
)


@given(RESULTS)
def test_a_result_comes_back_as_it_was(result):
    found, content = pack(result)
    json.dumps(content, allow_nan=False)
    again = unpack(Result, found, json.loads(json.dumps(content)))
    np.testing.assert_equal([vars(row) for row in again.rows], [vars(row) for row in result.rows])
    np.testing.assert_equal(again.pair, result.pair)
    np.testing.assert_equal(again.more, result.more)
    assert again.by_name == result.by_name
    assert again.values.dtype == result.values.dtype
    np.testing.assert_array_equal(again.values, result.values)
    assert (again.nothing is None) == (result.nothing is None)


def test_it_comes_back_from_the_cache_with_arrays_that_nobody_can_change(tmp_path):
    from expertlens_core.artefacts import Artefacts

    made = Result(
        (Row("a", float("nan"), None, (True,)),), ("b", -1.5), np.arange(4.0), {"c": np.ones(2)}, {}
    )
    key, run = ArtefactKey("result", 1, {"x": 1}), Run(Artefacts(tmp_path / "cache"))
    first = run.kept(Result, key, lambda: made)
    second = run.kept(Result, key, lambda: pytest.fail("made again"))
    for result in (first, second):
        np.testing.assert_array_equal(result.values, made.values)
        np.testing.assert_equal(result.rows[0].value, made.rows[0].value)
        with pytest.raises(ValueError, match="read-only"):
            result.values[0] = 9
    assert read_result(Result, run.artefacts.get(key)).pair == made.pair


def test_the_content_of_another_result_is_an_error():
    with pytest.raises((KeyError, TypeError)):
        unpack(Result, {}, pack(Row("a", 0.0, None, ()))[1])

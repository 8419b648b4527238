"""Statistics over tokens against numpy, unit by unit: moments, range, and the line of Linear-AcT by least squares."""

import numpy as np
import pytest
import torch

from expertlens_core.experts import token_statistics as module
from expertlens_core.experts.token_statistics import token_statistics
from expertlens_core.steering.rules import RULES


def slow_line(source: np.ndarray, goal: np.ndarray) -> tuple[float, float]:
    """Slope and intercept of numpy's least-squares line through one unit's pairs of sorted responses.

    The larger set is read at the smaller one's places (i + 1/2) / n, between its sorted responses on straight lines.
    """
    count = min(len(source), len(goal))
    places = (np.arange(count) + 0.5) / count

    def read(values):
        ordered = np.sort(values.astype(np.float64))
        return np.interp(places, (np.arange(len(ordered)) + 0.5) / len(ordered), ordered)

    x, y = read(source), read(goal)
    (slope, intercept), *_ = np.linalg.lstsq(np.stack([x, np.ones(count)], axis=1), y, rcond=None)
    return float(slope), float(intercept)


@pytest.mark.parametrize("block", [3, 4096])
@pytest.mark.parametrize(("ours", "theirs"), [(30, 30), (20, 50), (41, 17), (2, 9)])
def test_linear_act_is_the_least_squares_line_through_sorted_pairs(
    units, responses, ours, theirs, block, monkeypatch
):
    monkeypatch.setattr(module, "_BLOCK", block)
    on, off = responses(ours, 1, shift=0.7), [2.5 * each for each in responses(theirs, 2)]
    found = token_statistics(units, "cat", on, off)
    ids = np.arange(units.count)
    induces, removes = (RULES[rule].maps(found, ids) for rule in ("linear-act", "linear-act-off"))
    positive, negative = np.concatenate(on, axis=1), np.concatenate(off, axis=1)
    for unit in ids.tolist():
        here, there = positive[:, unit], negative[:, unit]
        for maps, source, goal in ((induces, there, here), (removes, here, there)):
            made = float(maps.slopes[unit]), float(maps.targets[unit])
            assert made == pytest.approx(slow_line(source, goal), rel=1e-4, abs=1e-5)
            assert (maps.low[unit], maps.high[unit]) == (source.min(), source.max())


@pytest.mark.parametrize("kind", [np.asarray, torch.from_numpy])
def test_moments_and_range_are_numpys(units, responses, kind):
    on, off = responses(23, 1), responses(40, 2, shift=-1.0)
    found = token_statistics(units, "cat", [kind(each) for each in on], [kind(each) for each in off])
    for side, values in ((found.on, on), (found.off, off)):
        whole = np.concatenate(values, axis=1).astype(np.float64)
        np.testing.assert_allclose(side.mean, whole.mean(axis=0), rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(side.std, whole.std(axis=0, ddof=1), rtol=1e-5)
        np.testing.assert_array_equal(side.lowest, whole.min(axis=0).astype(np.float32))
        np.testing.assert_array_equal(side.highest, whole.max(axis=0).astype(np.float32))


def test_the_order_of_sentences_says_nothing(units, responses):
    on, off = responses(23, 1), responses(40, 2)
    one = token_statistics(units, "cat", on, off)
    two = token_statistics(units, "cat", [each[::-1] for each in on], [each[::-1] for each in off])
    for side in ("on", "off"):
        for name in ("mean", "std", "slope", "quantile_mean"):
            np.testing.assert_array_equal(
                getattr(getattr(one, side), name), getattr(getattr(two, side), name)
            )


def test_equal_sets_are_left_where_they_are(units, responses):
    on = responses(25, 1)
    found = token_statistics(units, "cat", on, on)
    for rule in ("mean-act", "gaussian-act", "linear-act"):
        maps = RULES[rule].maps(found, np.arange(units.count))
        np.testing.assert_allclose(maps.slopes, 1, atol=1e-6)
        np.testing.assert_allclose(maps.targets, 0, atol=1e-6)


def test_a_unit_that_does_not_vary_is_shifted(units, responses):
    on, off = responses(25, 1), [np.full_like(each, 0.25) for each in responses(30, 2)]
    found = token_statistics(units, "cat", on, off)
    maps = RULES["linear-act"].maps(found, np.arange(units.count))
    assert (maps.slopes == 1).all()
    np.testing.assert_allclose(maps.targets, found.on.mean - 0.25, atol=1e-5)
    assert (RULES["gaussian-act"].maps(found, np.arange(units.count)).targets == 0).all()

from __future__ import annotations

import itertools
import time

import numpy as np
import pytest

from expertlens_core.errors import InputError
from expertlens_core.experts.average_precision import average_precision
from expertlens_core.experts.null import Null, simulate_null


def test_null_of_small_sets_equals_every_ranking(reference):
    """All 35 rankings of 3 positives among 7, each as likely."""
    exact = []
    for places in itertools.combinations(range(7), 3):
        others = [place for place in range(7) if place not in places]
        exact.append(reference(-np.array(places), -np.array(others))[0])
    found = simulate_null(3, 4, draws=40_000)
    values, counts = np.unique(np.round(found.ap, 12), return_counts=True)
    expected, ways = np.unique(np.round(exact, 12), return_counts=True)
    np.testing.assert_allclose(values, expected, atol=1e-11)
    np.testing.assert_allclose(counts / 40_000, ways / 35, atol=0.01)


@pytest.mark.parametrize("reweighted", [False, True])
def test_null_agrees_with_the_kernel_on_noise(reweighted):
    generator = np.random.default_rng(5)
    on, off = generator.random((60, 4000)), generator.random((300, 4000))
    weight = 0.4 * 300 / 60 if reweighted else 1.0
    noise = average_precision(on, off, positive_weight=weight)
    found = simulate_null(60, 300, reweighted=reweighted)
    for share in (0.05, 0.5, 0.95):
        assert abs(found.quantile(share) - np.quantile(noise, share)) < 0.005
    assert abs(found.ap.mean() - (2 / 7 if reweighted else 60 / 360)) < 0.02


def test_expected_units_above_tau():
    ap = np.linspace(0, 1, 1001)[:-1]
    null = Null(400, 1000, ap)
    assert null.expected_units(0.899, 500).count == pytest.approx(500 * 100 / 1000)
    assert not null.expected_units(0.9, 500).is_bound
    beyond = null.expected_units(0.999, 10_000)
    assert beyond.is_bound
    assert beyond.count == pytest.approx(10_000 * 2.99 / 1000, rel=0.01)


def test_experts_at_half_are_no_luck_with_the_papers_sets():
    null = simulate_null(400, 1000)
    assert null.expected_units(0.5, 27_648).is_bound
    assert simulate_null(20, 50).expected_units(0.5, 27_648).count > 100


def test_ten_thousand_draws_take_under_two_seconds_and_are_kept():
    simulate_null.cache_clear()
    start = time.perf_counter()
    null = simulate_null(400, 1000)
    assert time.perf_counter() - start < 2
    assert len(null.ap) == 10_000
    assert simulate_null(400, 1000) is null
    assert not np.array_equal(simulate_null(400, 1000, seed=1).ap, null.ap)


def test_empty_sets_are_explained():
    with pytest.raises(
        InputError, match="0 positive and 10 negative sentences: expertise needs at least one"
    ):
        simulate_null(0, 10)

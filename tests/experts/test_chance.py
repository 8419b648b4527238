import itertools
import time
from dataclasses import replace

import numpy as np
import pytest

from expertlens_core import experts
from expertlens_core.errors import InputError
from tests.experts.references import slow_ranks


def test_weight_brings_a_constant_unit_to_the_target():
    for positives, negatives in ((400, 400), (100, 1000), (20, 1000), (1000, 30)):
        weight = experts.positive_weight(positives, negatives)
        constant = experts.average_precision(
            np.zeros((positives, 1)), np.zeros((negatives, 1)), positive_weight=weight
        )
        assert constant[0] == pytest.approx(2 / 7, abs=1e-15)
    assert experts.positive_weight(400, 1000) == experts.positive_weight(200, 500) == 1.0
    assert experts.positive_weight(100, 100, target=0.5) == 1.0
    assert experts.positive_weight(100, 100, target=0.75) == pytest.approx(3)


def test_reweighted_ap_makes_unequal_sets_comparable():
    """The same unit, probed with 400 + 400 and with 400 + 1,000 sentences."""
    generator = np.random.default_rng(0)
    on, off = generator.standard_normal((400, 300)) + 1, generator.standard_normal((1000, 300))
    usual, few = experts.average_precision(on, off), experts.average_precision(on, off[:400])
    reweighted = experts.average_precision(on, off[:400], positive_weight=experts.positive_weight(400, 400))
    assert few.mean() - usual.mean() > 0.1
    assert abs(reweighted.mean() - usual.mean()) < 0.01


def test_expertise_keeps_reweighted_ap_where_prevalence_differs(units, responses):
    on, off = responses(40, shift=1), responses(100, seed=1)
    usual = experts.score(units, "cat", on, off)
    assert usual.ap_reweighted is None
    assert usual.comparable_ap is usual.ap
    assert usual.prevalence == 2 / 7
    even = experts.score(units, "cat", on, [values[:40] for values in off])
    assert even.comparable_ap is even.ap_reweighted
    assert (even.comparable_ap < even.ap).all()
    assert len(experts.expert_set(even, 0.5, reweighted=True)) < len(experts.expert_set(even, 0.5))
    with pytest.raises(ValueError, match="was kept without AP at prevalence 2/7"):
        _ = replace(even, ap_reweighted=None).comparable_ap


def test_null_of_small_sets_equals_every_ranking():
    """All 35 rankings of 3 positives among 7, each as likely."""
    exact = []
    for places in itertools.combinations(range(7), 3):
        others = [place for place in range(7) if place not in places]
        exact.append(slow_ranks(-np.array(places), -np.array(others))[0])
    found = experts.simulate_null(3, 4, draws=40_000)
    values, counts = np.unique(np.round(found.ap, 12), return_counts=True)
    expected, ways = np.unique(np.round(exact, 12), return_counts=True)
    np.testing.assert_allclose(values, expected, atol=1e-11)
    np.testing.assert_allclose(counts / 40_000, ways / 35, atol=0.01)


@pytest.mark.parametrize("reweighted", [False, True])
def test_null_agrees_with_the_kernel_on_noise(reweighted):
    generator = np.random.default_rng(5)
    on, off = generator.random((60, 4000)), generator.random((300, 4000))
    noise = experts.average_precision(on, off, positive_weight=0.4 * 300 / 60 if reweighted else 1.0)
    found = experts.simulate_null(60, 300, reweighted=reweighted)
    for share in (0.05, 0.5, 0.95):
        assert abs(found.quantile(share) - np.quantile(noise, share)) < 0.005
    assert abs(found.ap.mean() - (2 / 7 if reweighted else 60 / 360)) < 0.02


def test_expected_units_above_tau():
    null = experts.Null(400, 1000, np.linspace(0, 1, 1001)[:-1])
    assert null.expected_units(0.899, 500).count == pytest.approx(500 * 100 / 1000)
    assert not null.expected_units(0.9, 500).is_bound
    beyond = null.expected_units(0.999, 10_000)
    assert beyond.is_bound
    assert beyond.count == pytest.approx(10_000 * 2.99 / 1000, rel=0.01)


def test_experts_at_half_are_no_luck_with_the_papers_sets_but_with_small_ones():
    assert experts.simulate_null(400, 1000).expected_units(0.5, 27_648).is_bound
    assert experts.simulate_null(20, 50).expected_units(0.5, 27_648).count > 100


def test_ten_thousand_draws_take_under_two_seconds_and_are_kept():
    experts.simulate_null.cache_clear()
    start = time.perf_counter()
    null = experts.simulate_null(400, 1000)
    assert time.perf_counter() - start < 2
    assert len(null.ap) == 10_000
    assert experts.simulate_null(400, 1000) is null
    assert not np.array_equal(experts.simulate_null(400, 1000, seed=1).ap, null.ap)


def test_numbers_out_of_range_are_explained():
    assert experts.prevalence(400, 1000) == 2 / 7
    with pytest.raises(InputError, match="3 positive and 0 negative sentences"):
        experts.prevalence(3, 0)
    with pytest.raises(InputError, match="0 positive and 10 negative sentences: expertise needs at least"):
        experts.simulate_null(0, 10)
    with pytest.raises(InputError, match=r"prevalence 1.0 to reweight to: expected a number between 0 and 1"):
        experts.positive_weight(3, 3, target=1.0)

"""The sign-flip test against all signs, Holm's correction by hand, and intervals against scipy's."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import bootstrap

from expertlens_core.analysis.sign_flip import holm, mean_interval, sign_flip_p
from expertlens_core.errors import InputError


def exact_p(differences):
    """The share of all 2^n signs that give a sum at least as far from 0; slow."""
    observed = abs(sum(differences)) - 1e-9
    sums = [
        abs(sum(s * d for s, d in zip(signs, differences)))
        for signs in product((1, -1), repeat=len(differences))
    ]
    return np.mean([each >= observed for each in sums])


@pytest.mark.parametrize("shift", [0.0, 0.4, 1.0])
def test_p_is_that_of_all_signs(shift):
    differences = np.random.default_rng(3).normal(shift, 1, (12, 3))
    differences[:4, 1] = 0.0  # texts without a related word on either side
    differences[:, 2] = np.round(differences[:, 2])  # many ties
    found = sign_flip_p(differences, permutations=200_000)
    wanted = [exact_p(column) for column in differences.T]
    assert found == pytest.approx(wanted, abs=0.004)


def test_p_by_hand():
    assert sign_flip_p(np.zeros((5, 1)))[0] == 1.0
    # of 8 signs of (1, 1, 1) two have a sum as far from 0
    assert sign_flip_p(np.ones((3, 1)))[0] == pytest.approx(0.25, abs=0.005)
    # no random signs of sixty pairs all agree: as small as the number of permutations allows
    assert sign_flip_p(np.ones((60, 1)), permutations=999)[0] == 1 / 1000


def test_the_sign_does_not_matter_and_columns_do_not_meet():
    differences = np.random.default_rng(0).normal(0.3, 1, (20, 4))
    together = sign_flip_p(differences, permutations=2000)
    assert sign_flip_p(-differences, permutations=2000) == pytest.approx(together)
    alone = [sign_flip_p(differences[:, [i]], permutations=2000)[0] for i in range(4)]
    assert together == pytest.approx(alone)


def test_without_an_effect_p_is_uniform():
    noise = np.random.default_rng(1).normal(0, 1, (30, 800))
    p = sign_flip_p(noise, permutations=2000)
    assert np.mean(p < 0.05) == pytest.approx(0.05, abs=0.025)
    assert np.mean(p < 0.5) == pytest.approx(0.5, abs=0.06)


def test_holm_by_hand():
    assert holm(np.array([0.01, 0.04, 0.03])) == pytest.approx([0.03, 0.06, 0.06])
    assert holm(np.array([0.5, 0.9])) == pytest.approx([1.0, 1.0])
    assert holm(np.array([0.2])) == pytest.approx([0.2])


@given(st.lists(st.floats(0.001, 1), min_size=1, max_size=20))
def test_holm_keeps_the_order_and_is_between_p_and_bonferroni(values):
    p = np.array(values)
    corrected = holm(p)
    assert (corrected >= p).all()
    assert (corrected <= np.minimum(1, p * len(p)) + 1e-12).all()
    assert (np.diff(corrected[np.argsort(p)]) >= 0).all()


def test_intervals_are_those_of_scipy():
    values = np.random.default_rng(2).exponential(1, (40, 2))
    low, high = mean_interval(values)
    for i in range(2):
        wanted = bootstrap((values[:, i],), np.mean, method="percentile", n_resamples=10_000, rng=1)
        assert (low[i], high[i]) == pytest.approx(tuple(wanted.confidence_interval), abs=0.02)


def test_what_cannot_be_compared_is_refused():
    with pytest.raises(InputError, match="expected at least one pair"):
        sign_flip_p(np.empty((0, 2)))
    with pytest.raises(InputError, match="0 permutations: expected at least 1"):
        sign_flip_p(np.ones((2, 1)), permutations=0)
    with pytest.raises(ValueError, match="not a finite number"):
        mean_interval(np.array([[1.0], [np.nan]]))

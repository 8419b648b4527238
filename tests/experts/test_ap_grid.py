"""AP on the grid: within a step, and on its own side of every tau."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from expertlens_core.experts.ap_grid import LARGEST, STEP, from_grid, to_grid

TAUS = np.arange(101) / 100


def neighbours(tau):
    return [value for value in (np.nextafter(tau, 0), tau, np.nextafter(tau, 1)) if 0 <= value <= 1]


def sides(values):
    return np.asarray(values)[:, None] > TAUS[None, :]


@given(
    st.lists(
        st.one_of(st.floats(0, 1), st.sampled_from(TAUS).flatmap(lambda t: st.sampled_from(neighbours(t))))
    )
)
def test_rounding_moves_no_unit_across_a_tau_and_none_far(values):
    kept = from_grid(to_grid(np.array(values)))
    assert np.array_equal(sides(values), sides(kept))
    assert np.all(np.abs(kept - np.array(values)) <= STEP * (1 + 1e-9))


def test_within_one_ulp_of_each_tau():
    values = np.array([value for tau in TAUS for value in neighbours(tau)])
    assert np.array_equal(sides(values), sides(from_grid(to_grid(values))))


def test_every_tau_and_every_code_is_itself():
    assert np.array_equal(from_grid(to_grid(TAUS)), TAUS)
    assert np.array_equal(from_grid(to_grid(np.array([step / 100 for step in range(101)]))), TAUS)
    codes = np.arange(LARGEST + 1)
    assert LARGEST < 2**16
    assert np.array_equal(to_grid(from_grid(codes)), codes)


def test_away_from_a_tau_it_is_the_nearest_value_and_order_stays():
    values = np.sort(np.random.default_rng(0).random(20_000))
    kept = from_grid(to_grid(values))
    assert np.all(np.diff(kept) >= 0)
    far = np.abs(values[:, None] - TAUS[None, :]).min(axis=1) > STEP
    assert np.all(np.abs(kept - values)[far] <= STEP / 2 * (1 + 1e-9))


@pytest.mark.parametrize("value", [np.nan, -0.1, 1.0000001])
def test_what_is_no_ap_is_refused(value):
    with pytest.raises(ValueError, match="the grid takes numbers from 0 to 1"):
        to_grid(np.array([0.5, value]))

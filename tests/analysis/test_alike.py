"""Units alike by profile, beside numpy's correlation of every pair of columns."""

import numpy as np
import pytest

from expertlens_core.analysis import alike
from expertlens_core.analysis.alike import alike_units
from expertlens_core.errors import InputError


@pytest.fixture
def ap():
    rng = np.random.default_rng(0)
    return rng.uniform(0.1, 0.9, (7, 50))


@pytest.mark.parametrize("block", [1, 8, 50, 4096])
def test_they_are_those_of_numpy_s_correlation(ap, monkeypatch, block):
    monkeypatch.setattr(alike, "BLOCK", block)
    whole = np.corrcoef(ap.T)
    for unit in (0, 7, 49):
        expected = np.where(np.arange(50) == unit, -np.inf, whole[unit])
        got = alike_units(ap, unit, 10)
        assert got.unit_ids.tolist() == np.argsort(-expected, kind="stable")[:10].tolist()
        np.testing.assert_allclose(got.correlations, np.sort(expected)[::-1][:10], atol=1e-12)


def test_constant_units_and_the_unit_itself_are_never_among_them(ap):
    ap[:, 4] = 0.3
    ap[:, 9] = 2 * ap[:, 8] - 0.1
    got = alike_units(ap, 8, 100)
    assert len(got.unit_ids) == 48
    assert got.unit_ids[0] == 9
    assert got.correlations[0] == pytest.approx(1)
    assert not {4, 8} & set(got.unit_ids.tolist())


def test_ties_come_in_order_of_the_units(ap):
    ap[:, 30], ap[:, 20] = ap[:, 8], ap[:, 8]
    assert alike_units(ap, 8, 2).unit_ids.tolist() == [20, 30]


def test_without_a_profile_it_says_so(ap):
    ap[:, 4] = 0.3
    with pytest.raises(InputError, match="the same AP for all concepts"):
        alike_units(ap, 4)
    with pytest.raises(InputError, match="2 concepts have results: expected at least 3"):
        alike_units(ap[:2], 3)

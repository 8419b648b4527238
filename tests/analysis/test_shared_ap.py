"""AP of shared and unshared experts over pairs, against a loop over pairs."""

from itertools import combinations

import numpy as np
import pytest

from expertlens_core.analysis.pair import pair_evidence
from expertlens_core.analysis.shared_ap import BINS, shared_ap
from expertlens_core.errors import InputError
from expertlens_core.models.units import UnitModule, Units


@pytest.fixture
def ap():
    values = np.random.default_rng(0).uniform(0.3, 1.0, (5, 400))
    values[0] = 0.2  # a concept without an expert
    return values


PAIRS = list(combinations(range(5), 2))


@pytest.mark.parametrize("pairs", [PAIRS, [(1, 2), (3, 4)], [(0, 1)]])
@pytest.mark.parametrize("masked", [False, True])
def test_numbers_are_those_of_a_loop_over_pairs(ap, pairs, masked):
    mask = np.arange(400) % 3 > 0 if masked else None
    found = shared_ap(ap, pairs, 0.5, unit_mask=mask)
    shared, unshared = [], []
    for first, second in pairs:
        one, other = (np.where(True if mask is None else mask, ap[c], 0) > 0.5 for c in (first, second))
        shared += [*ap[first][one & other], *ap[second][one & other]]
        unshared += [*ap[first][one & ~other], *ap[second][other & ~one]]
    assert (found.shared_ap.sum(), found.unshared_ap.sum()) == (len(shared), len(unshared))
    np.testing.assert_array_equal(found.shared_ap, np.histogram(shared, found.edges)[0])
    np.testing.assert_array_equal(found.unshared_ap, np.histogram(unshared, found.edges)[0])
    assert found.unshared_mean == pytest.approx(np.mean(unshared))
    if shared:
        assert found.shared_mean == pytest.approx(np.mean(shared))
        assert found.difference == pytest.approx(np.mean(shared) - np.mean(unshared))
    else:
        assert np.isnan(found.shared_mean)
    assert found.pairs == len(pairs)


def test_one_pair_is_what_the_pair_view_shows(ap):
    evidence = pair_evidence(ap[1], ap[2], Units((UnitModule("a", 0, "mlp", 400),)), 0.6)
    found = shared_ap(ap, [(1, 2)], 0.6)
    np.testing.assert_array_equal(found.shared_ap, evidence.shared_ap)
    np.testing.assert_array_equal(found.unshared_ap, evidence.unshared_ap)
    assert len(found.edges) == BINS + 1


def test_the_interval_is_that_of_resampled_concepts(ap, monkeypatch):
    monkeypatch.setattr("expertlens_core.analysis.shared_ap.RESAMPLES", 60)
    found = shared_ap(ap, PAIRS, 0.5, seed=4)
    means = []
    for drawn in np.random.default_rng(4).multinomial(5, np.full(5, 0.2), 60):
        values = []
        for i, j in combinations(np.repeat(np.arange(5), drawn).tolist(), 2):
            if i != j:
                both = (ap[i] > 0.5) & (ap[j] > 0.5)
                values += [*ap[i][both], *ap[j][both]]
        means += [np.mean(values)] if values else []
    assert (found.shared_low, found.shared_high) == pytest.approx(np.quantile(means, [0.025, 0.975]).tolist())


def test_a_difference_that_was_planted_is_found():
    rng = np.random.default_rng(5)
    ap = np.where(rng.random((8, 3000)) < 0.05, rng.uniform(0.5, 0.7, (8, 3000)), 0.1)
    ap[:, :40] = rng.uniform(0.85, 0.95, (8, 40))
    found = shared_ap(ap, list(combinations(range(8), 2)), 0.5)
    assert found.difference_low > 0.1


def test_without_a_pair_there_is_nothing_to_look_at(ap):
    with pytest.raises(InputError, match="no pair of concepts"):
        shared_ap(ap, [], 0.5)

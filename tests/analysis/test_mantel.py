from itertools import permutations

import numpy as np
import pytest
from scipy import stats

from expertlens_core.analysis.ranks import mantel, permutation_p
from expertlens_core.errors import InputError


def dependent(rng, count=20):
    """A matrix whose pairs depend on each other: some concepts are close to all others."""
    own = rng.normal(size=count)
    values = own[:, None] + own[None, :] + 0.3 * rng.normal(size=(count, count))
    return (values + values.T) / 2


def test_it_holds_its_level_where_a_pair_test_does_not():
    """Two unrelated matrices of dependent pairs: Mantel rejects about 5 % of them, a pair test far more."""
    rng = np.random.default_rng(0)
    trials, rows, columns = 300, *np.triu_indices(20, 1)
    by_concept, by_pair = [], []
    for _ in range(trials):
        one, other = dependent(rng), dependent(rng)
        by_concept.append(mantel(one, other, permutations=199, seed=int(rng.integers(1 << 30))).p)
        pairs = one[rows, columns][None], other[rows, columns]
        by_pair.append(permutation_p(*pairs, permutations=199, seed=int(rng.integers(1 << 30)))[0])
    level = np.mean(np.array(by_concept) <= 0.05)
    assert stats.binomtest(round(level * trials), trials, 0.05).pvalue > 0.01, level
    assert np.mean(np.array(by_pair) <= 0.05) > 0.25


def test_it_finds_matrices_that_agree():
    rng = np.random.default_rng(1)
    one = dependent(rng)
    noise = rng.normal(size=(20, 20))
    found = mantel(one, one + 0.5 * (noise + noise.T), permutations=999)
    assert found.rho > 0.6
    assert found.p == 1 / 1_000


def test_rho_is_scipys_over_the_upper_triangle():
    rng = np.random.default_rng(2)
    one, other = dependent(rng, 8).round(1), dependent(rng, 8).round(1)
    upper = np.triu_indices(8, 1)
    assert mantel(one, other, permutations=9).rho == pytest.approx(
        stats.spearmanr(one[upper], other[upper]).statistic
    )


def test_p_counts_every_relabelling_of_four_concepts():
    """With all 24 orders of four concepts at hand, the p of many random ones comes near the exact share."""
    rng = np.random.default_rng(3)
    one, other = dependent(rng, 4), dependent(rng, 4)
    upper = np.triu_indices(4, 1)

    def rho(order):
        moved = other[np.ix_(order, order)]
        return abs(stats.spearmanr(one[upper], moved[upper]).statistic)

    exact = np.mean([rho(order) >= rho(range(4)) - 1e-9 for order in permutations(range(4))])
    assert mantel(one, other, permutations=5_000).p == pytest.approx(exact, abs=0.02)


def test_the_diagonal_is_not_read():
    rng = np.random.default_rng(4)
    one, other = dependent(rng), dependent(rng)
    before = mantel(one, other, permutations=49)
    np.fill_diagonal(one, np.nan)
    assert mantel(one, other, permutations=49) == before


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda m: m[:3, :3], "3 concepts: a Mantel test needs at least 4"),
        (lambda m: np.where(np.eye(20, k=1) + np.eye(20, k=-1), np.nan, m), "holds a NaN"),
        (lambda m: np.triu(m), "not symmetric"),
        (lambda m: m[:, :5], "two square matrices"),
    ],
)
def test_incomplete_matrices_are_refused(change, words):
    bad = change(dependent(np.random.default_rng(5)))
    with pytest.raises(InputError, match=words):
        mantel(bad, bad)

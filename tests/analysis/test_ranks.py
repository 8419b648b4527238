import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats
from sklearn.metrics import roc_auc_score

from expertlens_core.analysis.comparison import compare, steiger
from expertlens_core.analysis.ranks import (
    auroc,
    bootstrap_rhos,
    bootstrap_rhos_of_concepts,
    percentile_interval,
    permutation_p,
    spearman,
)
from expertlens_core.errors import InputError

shapes = st.tuples(st.integers(2, 4), st.integers(3, 25))
tables = hnp.arrays(np.float64, shapes, elements=st.integers(0, 6).map(float))


def check_rhos(table, rhos):
    """Rhos of all rows with the first one are scipy's; NaN where there are no ranks."""
    for row, rho in zip(table[1:], rhos):
        if np.ptp(row) == 0 or np.ptp(table[0]) == 0:
            assert np.isnan(rho)
        else:
            assert rho == pytest.approx(stats.spearmanr(row, table[0]).statistic, abs=1e-12)


@settings(max_examples=60)
@given(tables, st.integers(0, 1_000))
def test_spearman_equals_scipy_with_ties_and_every_resample_ranking_it_from_scratch(table, seed):
    check_rhos(table, spearman(table[1:], table[0]))
    drawn = np.random.default_rng(seed).integers(0, table.shape[1], (6, table.shape[1]))
    for kept, rhos in zip(drawn, bootstrap_rhos(table[1:], table[0], resamples=6, seed=seed)):
        check_rhos(table[:, kept], rhos)


def test_the_interval_agrees_with_scipys_bootstrap():
    rng = np.random.default_rng(0)
    human = rng.integers(0, 20, 60).astype(float)
    values = human + rng.normal(0, 8, 60)
    ours = percentile_interval(bootstrap_rhos(values[None], human, resamples=10_000)[:, 0])

    def rho(x, y, axis):
        x, y = stats.rankdata(x, axis=axis), stats.rankdata(y, axis=axis)
        x, y = x - x.mean(axis=axis, keepdims=True), y - y.mean(axis=axis, keepdims=True)
        return (x * y).sum(axis=axis) / np.sqrt((x * x).sum(axis=axis) * (y * y).sum(axis=axis))

    theirs = stats.bootstrap(
        (values, human), rho, paired=True, method="percentile", n_resamples=10_000, rng=1
    ).confidence_interval
    assert ours == pytest.approx((theirs.low, theirs.high), abs=0.01)
    assert ours[1] - ours[0] > 0.1


def test_measures_share_their_resamples_and_a_seed_repeats_them():
    rng = np.random.default_rng(0)
    human, values = rng.random(40), rng.random(40)
    both = bootstrap_rhos(np.array([values, values]), human, resamples=300)
    assert np.array_equal(both[:, 0], both[:, 1])
    assert np.array_equal(bootstrap_rhos(values[None], human, resamples=300)[:, 0], both[:, 0])
    assert not np.array_equal(bootstrap_rhos(values[None], human, resamples=300, seed=1)[:, 0], both[:, 0])


def test_concepts_are_drawn_with_their_pairs():
    """A resample of concepts equals the matrix of the drawn concepts, copies of one not paired."""
    rng = np.random.default_rng(2)
    count = 7
    first, second = np.triu_indices(count, 1)
    human, values = rng.integers(0, 3, len(first)).astype(float), rng.random(len(first))
    found = bootstrap_rhos_of_concepts(values[None], human, first, second, resamples=5, seed=9)[:, 0]
    square = np.zeros((2, count, count))
    square[:, first, second] = square[:, second, first] = [values, human]
    drawn = np.random.default_rng(9).integers(0, count, (5, count))
    for concepts, rho in zip(drawn, found):
        a, b = np.triu_indices(count, 1)
        kept = concepts[a] != concepts[b]
        x, y = square[:, concepts[a][kept], concepts[b][kept]]
        assert rho == pytest.approx(stats.spearmanr(x, y).statistic)


def test_too_few_pairs_nan_and_wrong_shapes_are_refused():
    with pytest.raises(InputError, match="2 judged pairs are covered: a rank correlation needs at least 3"):
        bootstrap_rhos(np.zeros((1, 2)), np.zeros(2))
    with pytest.raises(InputError, match="is NaN: leave such pairs out"):
        spearman(np.array([[1, 2, np.nan]]), np.arange(3.0))
    with pytest.raises(InputError, match="one row per measure"):
        spearman(np.zeros((1, 4)), np.zeros(3))
    with pytest.raises(InputError, match="0 resamples: expected at least 1"):
        bootstrap_rhos(np.zeros((1, 4)), np.zeros(4), resamples=0)


def test_infinite_divergences_rank_highest():
    assert spearman(np.array([[1, 2, np.inf, np.inf]]), np.array([1.0, 2, 3, 3]))[0] == pytest.approx(1)


def test_permutation_p_holds_its_level_and_finds_an_effect():
    rng = np.random.default_rng(0)
    human = rng.integers(0, 30, 80).astype(float)
    noise = rng.random((400, 80))
    p = permutation_p(noise, human, permutations=999)
    assert 0.02 < (p < 0.05).mean() < 0.09
    assert permutation_p((human + rng.normal(0, 10, 80))[None], human, permutations=999)[0] == 1 / 1_000


def test_permutation_p_agrees_with_scipy():
    rng = np.random.default_rng(4)
    human, values = rng.random(12), rng.random(12)
    ours = permutation_p(values[None], human, permutations=20_000)[0]
    assert ours == pytest.approx(stats.spearmanr(values, human).pvalue, abs=0.02)


def test_auroc_equals_scikit_learn_with_ties():
    rng = np.random.default_rng(0)
    likeness, related = rng.integers(0, 5, 50).astype(float), rng.random(50) < 0.3
    assert auroc(likeness, related) == pytest.approx(roc_auc_score(related, likeness))
    with pytest.raises(InputError, match="needs related and unrelated pairs"):
        auroc(likeness, np.ones(50, bool))


def test_steiger_by_hand_and_at_its_level():
    """Equal to the formula written out once more; and 5 % of true nulls are rejected."""
    r12, r13, r23, n, mean = 0.6, 0.4, 0.5, 103, 0.5
    psi = r23 * (1 - 2 * mean**2) - 0.5 * mean**2 * (1 - mean**2 - mean**2 - r23**2)
    wanted = (np.arctanh(r12) - np.arctanh(r13)) * 10 / np.sqrt(2 - 2 * psi / (1 - mean**2) ** 2)
    assert steiger(r12, r13, r23, n)[0] == pytest.approx(wanted)
    rng = np.random.default_rng(0)
    human = rng.normal(size=(1_500, 120))
    x, y = (human + 1.2 * rng.normal(size=human.shape) for _ in range(2))
    ps = [
        steiger(np.corrcoef(h, a)[0, 1], np.corrcoef(h, b)[0, 1], np.corrcoef(a, b)[0, 1], 120)[1]
        for h, a, b in zip(human, x, y)
    ]
    assert 0.03 < np.mean(np.array(ps) < 0.05) < 0.07


def test_compare_finds_a_difference_and_leaves_equals_alone():
    rng = np.random.default_rng(0)
    human = rng.random(300)
    good, poor = human + 0.2 * rng.random(300), human + 1.5 * rng.random(300)
    values = np.array([good, poor, poor])
    rhos, drawn = spearman(values, human), bootstrap_rhos(values, human, resamples=2_000)
    between = stats.spearmanr(good, poor).statistic
    found = compare("good", "poor", (rhos[0], rhos[1]), between, drawn[:, :2], 300)
    assert found.p == pytest.approx(2 / 2_001)
    assert found.ci_low > 0
    assert found.steiger_p < 1e-6
    same = compare("poor", "poor again", (rhos[1], rhos[2]), 1.0, drawn[:, 1:], 300)
    assert (same.difference, same.p, same.steiger_p) == (0, 1, 1)

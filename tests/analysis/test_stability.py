"""Overlaps of expert sets against sets of Python, and the rule for enough sentences."""

import math
from itertools import combinations, product

import numpy as np
import pytest

from expertlens_core.analysis import stability
from expertlens_core.analysis.enough import enough
from expertlens_core.analysis.stability import FoldLabels, fold_interval, jaccard_matrix, overlaps


def some_sets(concepts=4, sources=2, folds=3, units=60, seed=0):
    rng = np.random.default_rng(seed)
    where = list(product(range(concepts), range(sources), range(folds)))
    sets = [np.flatnonzero(rng.random(units) < 0.3 * (concept > 0)) for concept, _, _ in where]
    return sets, where, FoldLabels(*np.array(where).T), units


def slow(one, other) -> float:
    one, other = set(one.tolist()), set(other.tolist())
    return len(one & other) / len(one | other) if one | other else 0.0


def test_jaccard_is_that_of_sets_and_not_defined_for_two_empty_ones():
    sets, _, _, units = some_sets()
    matrix = jaccard_matrix(sets, units)
    for i, j in product(range(len(sets)), repeat=2):
        if len(sets[i]) or len(sets[j]):
            assert matrix[i, j] == pytest.approx(slow(sets[i], sets[j]))
        else:
            assert math.isnan(matrix[i, j])


def test_overlaps_are_the_means_of_the_right_pairs():
    sets, where, labels, units = some_sets()
    matrix, of = jaccard_matrix(sets, units), dict(zip(where, sets))
    within = overlaps(matrix, labels, "within", (1, 1))
    for concept, value in zip(within.groups[:, 0], within.values):
        pairs = combinations(range(3), 2)
        expected = np.mean([slow(of[concept, 1, a], of[concept, 1, b]) for a, b in pairs])
        assert value == pytest.approx(expected)
    assert (within.pairs, within.empty) == (12, 3), "the first concept has no expert: 0, and counted"
    between = overlaps(matrix, labels, "between", (0, 1))
    expected = np.mean([slow(of[2, 0, a], of[2, 1, b]) for a, b in product(range(3), repeat=2)])
    assert between.values[2] == pytest.approx(expected)
    across = overlaps(matrix, labels, "across", (0, 0))
    for (first, second), value in zip(across.groups.tolist(), across.values):
        assert first != second
        assert value == pytest.approx(np.mean([slow(of[first, 0, k], of[second, 0, k]) for k in range(3)]))
    assert len(across.values) == 6


def test_many_pairs_are_a_draw_of_them(monkeypatch):
    monkeypatch.setattr(stability, "MOST_PAIRS", 5)
    sets, _, labels, units = some_sets(concepts=6)
    drawn = overlaps(jaccard_matrix(sets, units), labels, "across", (0, 0))
    assert len(drawn.values) == len({tuple(pair) for pair in drawn.groups.tolist()}) == 5


def test_the_interval_is_that_of_resampled_concepts():
    sets, _, labels, units = some_sets(concepts=5)
    made = overlaps(jaccard_matrix(sets, units), labels, "across", (0, 0))
    rng, means = np.random.default_rng(3), []
    for drawn in rng.multinomial(5, np.full(5, 0.2), 400):
        chosen = np.repeat(np.arange(5), drawn)
        values = [
            made.values[[tuple(sorted(pair)) == tuple(g) for g in made.groups.tolist()].index(True)]
            for pair in combinations(chosen.tolist(), 2)
            if pair[0] != pair[1]
        ]
        means += [np.mean(values)] if values else []
    assert made.interval(400, seed=3) == pytest.approx(np.quantile(means, [0.025, 0.975]))
    assert all(math.isnan(end) for end in overlaps(np.eye(2), FoldLabels(
        np.zeros(2, int), np.zeros(2, int), np.arange(2)), "within", (0, 0)).interval())  # fmt: skip


def test_folds_are_resampled_without_a_fold_against_itself():
    matrix = np.full((4, 4), 0.25)
    np.fill_diagonal(matrix, 1.0)
    assert fold_interval(matrix) == pytest.approx((0.25, 0.25))
    assert all(math.isnan(end) for end in fold_interval(matrix[:2, :2]))


def test_enough_is_the_smallest_size_that_comes_near_the_largest():
    assert enough({25: 0.2, 50: 0.55, 100: 0.6}, 0.5, "all", None).size == 50
    risen = enough({25: 0.2, 50: 0.5, 100: 0.6}, 0.5, "all", None)
    assert risen.size is None
    assert risen.sentence.startswith("More than 100 sentences are needed at tau 0.5, how many is not known")
    one_fold = enough({25: 0.55, 50: 0.6, 100: math.nan}, 0.5, "all", None)
    assert (one_fold.size, one_fold.largest) == (25, 50)
    assert "25 sentences are enough" in one_fold.sentence
    assert "no expert stays" in enough({25: 0.0, 50: 0.0}, 0.9, "all", None).sentence
    assert "more sentences, or smaller sizes" in enough({25: math.nan}, 0.5, "all", None).sentence

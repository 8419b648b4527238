from __future__ import annotations

import numpy as np
import pytest

from expertlens_core.errors import InputError
from expertlens_core.experts.average_precision import average_precision
from expertlens_core.experts.split_half import split_half


def noise(sentences, seed):
    return np.random.default_rng(seed).standard_normal((sentences, 3000)).astype(np.float32)


def test_units_on_top_by_luck_fall_back_and_a_planted_one_stays():
    on, off = noise(40, 1), noise(100, 2)
    top = split_half([on], [off]).top(10)
    assert top.chosen_ap.min() > 0.5
    assert abs(top.held_out_ap.mean() - 2 / 7) < 0.08
    on[:, 1234] += 20
    planted = split_half([on], [off]).top(1)
    assert planted.unit_ids.tolist() == [[1234], [1234]]
    np.testing.assert_array_equal(planted.held_out_ap, 1.0)


def test_halves_are_stratified_disjoint_and_complete():
    """A unit that numbers the sentences shows which ones a half holds."""
    on = np.zeros((8, 8), np.float32)
    np.fill_diagonal(on, 1)
    halves = split_half([on], [np.full((5, 8), 0.5, np.float32)]).ap
    best = halves > halves.min(axis=1, keepdims=True)
    np.testing.assert_array_equal(best.sum(axis=1), 4)
    np.testing.assert_array_equal(best.sum(axis=0), 1)


def test_rows_restrict_the_sentences():
    on, off = noise(60, 1), noise(300, 2)
    rows = np.arange(250, 300)
    some = split_half([on], [off], on_rows=range(20), off_rows=rows).ap
    copied = split_half([on[:20]], [off[rows]]).ap
    np.testing.assert_array_equal(some, copied)
    assert np.corrcoef(some.mean(axis=0), average_precision(on[:20], off[rows]))[0, 1] > 0.8


def test_one_sentence_cannot_be_split():
    with pytest.raises(InputError, match="a set of 1 sentences cannot be split: expected at least two"):
        split_half([noise(1, 1)], [noise(9, 2)])
    with pytest.raises(InputError, match="3001 experts asked for"):
        split_half([noise(4, 1)], [noise(9, 2)]).top(3001)

"""Batches hold every sentence once, stay in the budget, and cost no more than simple plans."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from expertlens_core.models.batches import plan_batches


def cost(plan, lengths, overhead):
    return sum(len(rows) * int(lengths[rows].max()) + overhead for rows in plan)


@given(
    st.lists(st.integers(1, 60), min_size=1, max_size=80),
    st.integers(1, 400),
    st.integers(0, 200),
)
def test_every_sentence_once_within_the_budget(lengths, budget, overhead):
    lengths = np.array(lengths)
    plan = plan_batches(lengths, budget, overhead)
    assert sorted(np.concatenate(plan).tolist()) == list(range(len(lengths)))
    for rows in plan:
        assert len(rows) == 1 or len(rows) * lengths[rows].max() <= budget
    sizes = [len(rows) * lengths[rows].max() for rows in plan]
    assert sizes == sorted(sizes, reverse=True)


@given(st.lists(st.integers(1, 40), min_size=1, max_size=40), st.integers(0, 100))
def test_no_dearer_than_one_batch_or_one_batch_per_length(lengths, overhead):
    lengths = np.array(lengths)
    best = cost(plan_batches(lengths, 10_000, overhead), lengths, overhead)
    by_length = [np.flatnonzero(lengths == length) for length in np.unique(lengths)]
    assert best <= cost(by_length, lengths, overhead)
    assert best <= cost([np.arange(len(lengths))], lengths, overhead)


def test_dear_starts_join_lengths_and_cheap_ones_part_them():
    lengths = np.array([10, 11, 10, 11, 30])
    assert [sorted(rows.tolist()) for rows in plan_batches(lengths, 1000, 1)] == [[4], [1, 3], [0, 2]]
    assert [sorted(rows.tolist()) for rows in plan_batches(lengths, 1000, 20)] == [[0, 1, 2, 3], [4]]
    assert len(plan_batches(lengths, 1000, 1000)) == 1

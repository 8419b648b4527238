"""Folds share no sentence where the supply allows it, and tell how much they share where it does not."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expertlens_core.concepts.folds import fold_rows, shared_share

TEXTS = tuple(f"Sentence {i}." for i in range(40))
KINDS = tuple("fact" if i < 20 else "story" for i in range(40))


@given(st.integers(1, 60), st.integers(1, 12))
def test_folds_share_nothing_and_are_as_many_as_the_supply_allows(count, folds):
    made = fold_rows(TEXTS, count, folds)
    assert len(made) == min(folds, len(TEXTS) // count)
    assert all(len(fold) == len(set(fold)) == count for fold in made)
    assert all(not set(one) & set(other) for one, other in combinations(made, 2))
    assert shared_share(made) == 0


def test_each_fold_has_its_share_of_every_kind():
    for fold in fold_rows(TEXTS, 10, 4, kinds=KINDS):
        assert sum(KINDS[row] == "fact" for row in fold) == 5
    odd = [sum(KINDS[row] == "fact" for row in fold) for fold in fold_rows(TEXTS, 5, 8, kinds=KINDS)]
    assert set(odd) == {2, 3}


def test_a_used_up_supply_is_dealt_anew_only_when_asked_to():
    made = fold_rows(TEXTS, 15, 6, sharing=True)
    assert len(made) == len(set(made)) == 6
    assert not set(made[0]) & set(made[1]), "a round shares nothing"
    slow = [len(set(one) & set(other)) / 15 for one, other in combinations(made, 2)]
    assert shared_share(made) == pytest.approx(sum(slow) / len(slow))
    assert shared_share(made) > 0.2
    assert len(fold_rows(TEXTS, 40, 6, sharing=True)) == 1, "all of the supply is one set"


def test_the_order_of_the_supply_does_not_matter_but_the_salt_does():
    sets = [frozenset(TEXTS[row] for row in fold) for fold in fold_rows(TEXTS, 10, 4, salt="a")]
    turned = TEXTS[::-1]
    assert [frozenset(turned[row] for row in fold) for fold in fold_rows(turned, 10, 4, salt="a")] == sets
    assert [frozenset(TEXTS[row] for row in fold) for fold in fold_rows(TEXTS, 10, 4, salt="b")] != sets

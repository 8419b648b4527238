"""Near-repeats, against comparing each sentence with each."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from expertlens_core.concepts.near_repeats import NEAR, likeness, near_repeats, pairs_of_words

_sentences = st.lists(
    st.lists(st.sampled_from(["a", "cat", "dog", "sat", "ran", "on"]), max_size=7).map(" ".join), max_size=8
)


@given(_sentences, _sentences)
def test_equal_to_comparing_each_with_each(one, other):
    bags, others = [list(map(pairs_of_words, texts)) for texts in (one, other)]
    within = [(i, j) for i, j in combinations(range(len(one)), 2) if likeness(bags[i], bags[j]) >= NEAR]
    between = [(i, j) for i, a in enumerate(bags) for j, b in enumerate(others) if likeness(a, b) >= NEAR]
    assert near_repeats(one) == within
    assert near_repeats(one, other) == between


def test_one_other_word_in_twelve_is_a_near_repeat_and_another_sentence_is_none():
    one = "behind the old mill a grey cat slept in the warm hay"
    assert near_repeats([one, one.replace("grey", "black")]) == [(0, 1)]
    assert near_repeats([one, "on the roof of the barn a grey cat waited for the rain to end"]) == []

import math

import numpy as np
import pytest

from expertlens_core.steering.relatedness import related_counts, related_share
from expertlens_core.steering.words import distinct_n, lemma, word_list


def test_words_are_runs_of_letters():
    assert word_list("The cat's well-fed; it ate 3 mice—naïvely.") == [
        "the", "cat's", "well-fed", "it", "ate", "mice", "naïvely",
    ]  # fmt: skip
    assert word_list(" 12 -- ... ") == []


@pytest.mark.parametrize(
    ("form", "dictionary"),
    [
        ("Cats", "cat"),
        ("cat's", "cat"),
        ("mice", "mouse"),
        ("purred", "purr"),
        ("teeth", "tooth"),
        ("ran", "run"),
    ],
)
def test_forms_of_a_word_share_a_lemma(form, dictionary):
    assert lemma(form) == dictionary


def test_related_words_are_counted_in_any_form_and_only_as_whole_words():
    texts = ["The cats purred.", "A catalogue of purple things.", "", "Whiskers, WHISKER and a mouse"]
    related, total = related_counts(texts, ["cat", "purring", "whisker"])
    assert related.tolist() == [2, 0, 0, 2]
    assert total.tolist() == [3, 5, 0, 5]
    assert related_share(texts, ["cat", "purring", "whisker"]) == pytest.approx(4 / 13)
    assert related_share(texts, ["dog"]) == 0
    assert math.isnan(related_share([""], ["dog"]))


def test_distinct_n_counts_by_hand():
    assert distinct_n(["a b a b"], 1) == pytest.approx(2 / 4)
    assert distinct_n(["a b a b"], 2) == pytest.approx(2 / 3)
    assert distinct_n(["a b", "A b", "c"], 2) == pytest.approx(1 / 2)
    assert math.isnan(distinct_n(["a", ""], 2))


def test_repetition_lowers_distinct_n():
    random = np.random.default_rng(0)
    letters = [chr(97 + i) * 3 for i in range(26)]
    varied = [" ".join(random.choice(letters, 30)) for _ in range(20)]
    stuck = [" ".join(random.choice(letters[:3], 30)) for _ in range(20)]
    assert distinct_n(stuck, 2) < 0.1 * distinct_n(varied, 2)

"""What is said of a concept's sentences, whatever the model."""

import math

import pytest

from expertlens_core.concepts import diversity, set_warnings, size_warnings
from expertlens_core.concepts.health import health
from expertlens_core.errors import InputError

CATS = tuple(f"A cat saw {number} other mice." for number in range(30))
DOGS = tuple(f"Dogs chased {number} big cars." for number in range(60))


def test_diversity_is_the_share_of_distinct_words():
    assert diversity(["The cat saw the cat.", "A cat!"]) == 4 / 7
    assert diversity(["one", "two three"]) == 1
    assert math.isnan(diversity([]))
    assert math.isnan(diversity(["...", ""]))


def test_few_sentences_are_computed_with_a_warning_each():
    assert size_warnings("cat", 20, 50) == ()
    assert size_warnings("cat", 19, 49) == (
        "Only 19 positive sentences for 'cat': below 20, many units pass tau by chance.",
        "Only 49 negative sentences for 'cat': below 50, AP says little.",
    )


@pytest.mark.parametrize(
    ("positives", "negatives", "which"),
    [(1, 50, "1 positive sentence"), (0, 50, "0 positive sentences"), (20, 1, "1 negative sentence")],
)
def test_fewer_than_two_are_refused(positives, negatives, which):
    with pytest.raises(InputError) as error:
        size_warnings("cat", positives, negatives)
    assert str(error.value) == (
        f"concept 'cat' has {which}: expected at least 2 different ones (400 positive and 1,000 negative are "
        "usual), so add sentences"
    )


def test_copies_and_a_difference_in_length_are_told():
    found = set_warnings("cat", "cat", (*CATS, f" **{CATS[0].upper()}**"), (*DOGS, CATS[1]))
    assert "1 of 31 positive sentences are copies of others: a copy adds nothing" in found[0]
    assert found[1].startswith("1 sentence in both sets: take each out of one of them.")
    (found,) = (
        each for each in set_warnings("cat", "cat", CATS, [f"{s} {s}" for s in DOGS]) if "length (" in each
    )
    assert found.startswith("The sets differ in length (6 against 10 words)")


def test_health_counts_names_words_and_repetitions():
    found = health("cat", CATS, (*DOGS, DOGS[0], CATS[0]))
    assert (found.positives, found.negatives, found.named, found.repeated) == (30, 62, 1.0, 1)
    assert found.words == pytest.approx((6, 5), abs=0.1)
    assert found.diversity[0] == pytest.approx(35 / 180)


def test_health_of_no_sentences_names_none():
    assert health("cat", (), DOGS).named == 0

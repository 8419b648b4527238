import math

from expertlens_core.concepts import diversity


def test_share_of_distinct_words():
    assert diversity(["The cat saw the cat.", "A cat!"]) == 4 / 7
    assert diversity(["one", "two three"]) == 1


def test_no_words_have_no_diversity():
    assert math.isnan(diversity([]))
    assert math.isnan(diversity(["...", ""]))

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expertlens_core.concepts import mentions, without_name
from expertlens_core.concepts.mention import name_spans


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("Two cats slept.", "cat"),
        ("The CAT's bowl was empty.", "cat"),
        ("A cat-like step.", "cat"),
        ("Mice ran off.", "mouse"),
        ("Both bookshelves were full.", "bookshelf"),
        ("She swam well.", "swimming"),
        ("They raced home.", "racing"),
        ("Wolves howl.", "wolf"),
        ("A leaf and more leaves.", "leaf"),
        ("Her ice-creams melted.", "ice cream"),
        ("The zorbs rolled.", "zorb"),
        ("He wore jeans.", "jeans"),
        ("One subject only.", "subjects"),
        ("It is a cat.", "Cat"),
        ("I like C++ a lot.", "C++"),
        ("We saw a ☃ there.", "☃"),
    ],
)
def test_inflected_mentions_are_found(sentence, name):
    assert mentions(sentence, name)


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("A category of its own.", "cat"),
        ("Concatenate the scat of a bobcat.", "cat"),
        ("The corner was dark.", "corn"),
        ("We like ice. Cream is dear.", "ice cream"),
        ("Cream over ice.", "ice cream"),
        ("He drives home.", "driver"),
        ("A dog.", "cat"),
        ("", "cat"),
        ("A dog.", " "),
    ],
)
def test_other_words_are_not_mentions(sentence, name):
    assert not mentions(sentence, name)


@pytest.mark.parametrize(
    ("sentence", "name", "without"),
    [
        ("Cats purr, and an old cat's purr is loud.", "cat", "Things purr, and an old thing's purr is loud."),
        ("An owl met an owl.", "owl", "A thing met a thing."),
        ("A category of cats.", "cat", "A category of things."),
        ("Two ice creams and an ice cream.", "ice cream", "Two things and a thing."),
        ("He swam.", "swimming", "He thing."),
        ("He wore jeans.", "jeans", "He wore thing."),
        ("No such word.", "cat", "No such word."),
    ],
)
def test_name_is_replaced_by_a_neutral_word(sentence, name, without):
    assert without_name(sentence, name) == without


def test_replacement_takes_its_article_and_plural():
    assert without_name("A cat and cats.", "cat", "object") == "An object and objects."


@settings(deadline=None)
@given(st.text(max_size=60), st.sampled_from(["cat", "ice cream", "swimming"]), st.booleans())
def test_no_mention_is_left_and_the_rest_stays(text, name, put):
    sentence = f"{text} {name}s {text}" if put else text
    without = without_name(sentence, name)
    assert not mentions(without, name)
    if not name_spans(sentence, name):
        assert without == sentence
    assert mentions(sentence, name) or not put

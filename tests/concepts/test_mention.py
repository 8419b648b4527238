import pytest
from hypothesis import given
from hypothesis import strategies as st

from expertlens_core.concepts import Concept, load_library, mentions, related_forms, without_name
from expertlens_core.concepts.mention import MOST_CHANGED, name_spans
from expertlens_core.concepts.related_words import seen_and_unseen, shows, telling_words
from expertlens_core.defaults import DEFAULT_LIBRARY


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("Two cats slept.", "cat"), ("The CAT's bowl was empty.", "cat"), ("A cat-like step.", "cat"),
        ("Mice ran off.", "mouse"), ("Both bookshelves were full.", "bookshelf"), ("She swam well.", "swimming"),
        ("They raced home.", "racing"), ("Wolves howl.", "wolf"), ("A leaf and more leaves.", "leaf"),
        ("Her ice-creams melted.", "ice cream"), ("The zorbs rolled.", "zorb"), ("He wore jeans.", "jeans"),
        ("One subject only.", "subjects"), ("It is a cat.", "Cat"), ("I like C++ a lot.", "C++"),
        ("We saw a ☃ there.", "☃"),
    ],
)  # fmt: skip
def test_inflected_mentions_are_found(sentence, name):
    assert mentions(sentence, name)


@pytest.mark.parametrize(
    ("sentence", "name"),
    [
        ("A category of its own.", "cat"), ("Concatenate the scat of a bobcat.", "cat"), ("A dog.", "cat"),
        ("The corner was dark.", "corn"), ("We like ice. Cream is dear.", "ice cream"), ("", "cat"),
        ("Cream over ice.", "ice cream"), ("He drives home.", "driver"), ("A dog.", " "),
    ],
)  # fmt: skip
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


@given(st.text(max_size=60), st.sampled_from(["cat", "ice cream", "swimming"]), st.booleans())
def test_no_mention_is_left_and_the_rest_stays(text, name, put):
    sentence = f"{text} {name}s {text}" if put else text
    without = without_name(sentence, name)
    assert not mentions(without, name)
    if not name_spans(sentence, name):
        assert without == sentence
    assert mentions(sentence, name) or not put


def test_related_words_count_in_every_form_but_never_as_the_name():
    cat = Concept("cat", ("A cat sat.",), related=("Mouse", "purr", "fluffy", "kitty cat", "saw"))
    forms = related_forms(cat)
    assert forms >= {"mouse", "mice", "purr", "purred", "purring", "fluffiest", "kitty", "kitties", "saws"}
    assert forms.isdisjoint({"cat", "cats", "Mouse", "see", "seen"})


def test_a_phrase_counts_by_its_longer_words():
    tea = Concept("breakfast", ("Breakfast is early.",), related=("cup of tea", "orange juice"))
    assert related_forms(tea) >= {"orange", "juice", "juices"}
    assert related_forms(tea).isdisjoint({"of", "cup", "tea"})


def test_words_that_the_sentences_use_in_any_form_are_seen():
    cat = Concept("cat", ("Two cats caught mice.", "It purrs."), related=("mouse", "purring", "whiskers"))
    seen, unseen = seen_and_unseen(cat)
    assert seen >= {"mouse", "mice"}
    assert unseen >= {"whiskers", "whisker"}
    assert seen.isdisjoint(unseen)


def test_related_words_are_no_part_of_the_digest():
    plain, told = Concept("cat", ("A cat.",)), Concept("cat", ("A cat.",), related=("purr",))
    assert plain.digest == told.digest
    assert related_forms(plain) == frozenset()


def test_a_text_shows_a_concept_by_its_name_or_a_word_that_stands_for_it():
    cat = Concept("cat", ("A cat sat.",), related=("purr",))
    shown = [shows(cat, text) for text in ("It purred.", "Cats!", "It barked.")]
    assert shown == [True, True, False]
    assert shows(cat, "It barked.", frozenset({"barked"}))


def test_telling_words_are_frequent_in_the_sentences_and_rare_elsewhere():
    cat = Concept("cat", tuple(f"The cat {verb} its fluffy tail." for verb in ("licks", "hides", "shows")))
    others = ["The tail of a dog.", "A dog with its tail."] + ["Rain fell."] * 48
    assert telling_words(cat, others) == {"fluffy"}


def test_the_fixtures_concepts_have_seen_and_unseen_words():
    for concept in load_library(DEFAULT_LIBRARY):
        seen, unseen = seen_and_unseen(concept)
        assert len(unseen) >= 8, concept.key
        assert seen


def test_no_guess_of_a_lemma_changes_more_of_a_word_than_its_last_letters():
    from lemminflect.core.LemmatizerRules import LemmatizerRules

    taken_off = []
    for rule in LemmatizerRules().rules:
        removed, added, doubled = rule.split(",")
        taken_off.append(len(removed) + (doubled == "True" and not added))
    assert max(taken_off) == MOST_CHANGED
    assert len(taken_off) > 30

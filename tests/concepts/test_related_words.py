from expertlens_core.concepts import Concept, load_library, related_forms
from expertlens_core.concepts.related_words import seen_and_unseen
from expertlens_core.defaults import DEFAULT_LIBRARY


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


def test_without_related_words_there_are_none():
    assert related_forms(Concept("cat", ("A cat.",))) == frozenset()


def test_the_digest_is_that_of_the_sentences():
    plain, told = Concept("cat", ("A cat.",)), Concept("cat", ("A cat.",), related=("purr",))
    assert plain.digest == told.digest


def test_the_fixtures_concepts_have_seen_and_unseen_words():
    for concept in load_library(DEFAULT_LIBRARY):
        seen, unseen = seen_and_unseen(concept)
        assert len(unseen) >= 8, concept.key
        assert seen

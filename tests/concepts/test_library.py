"""The library, and what the built-in ones promise."""

from collections import Counter

import pytest

from expertlens_core import concepts
from expertlens_core.concepts import Concept, Library, load_library, mentions
from expertlens_core.concepts.library_files import BUILT_IN


@pytest.fixture(scope="module", params=BUILT_IN)
def library(request):
    return load_library(request.param)


def test_everyday_holds_fifty_concepts_of_ten_domains():
    everyday = load_library("everyday")
    assert len(everyday) == 50
    assert [len(keys) for keys in everyday.domains.values()] == [5] * 10
    for concept in everyday:
        assert Counter(concept.kinds) == {"fact": 100, "story": 100}
        assert len(concept.related) == 50
        assert concept.broader == "" or everyday[concept.broader].domain == concept.domain
    assert sum(not concept.broader for concept in everyday) == 10


def test_men_holds_its_own_words_and_those_it_shares_with_everyday():
    everyday, men = load_library("everyday"), load_library("men")
    assert len(men) == 128
    shared = [concept for concept in men if concept.key in everyday]
    assert len(shared) == 32
    for concept in men:
        assert Counter(concept.kinds) == {"fact": 50, "story": 50}
    for concept in shared:
        assert concept.related == everyday[concept.key].related
        assert set(concept.positives) < set(everyday[concept.key].positives)


def test_sentences_name_their_concept_are_plain_and_begin_differently(library):
    for concept in library:
        assert len(set(concept.positives)) == len(concept.positives)
        assert all(mentions(sentence, concept.name) for sentence in concept.positives), concept.key
        assert all(sentence.isascii() and sentence.isprintable() for sentence in concept.positives)
        beginnings = Counter(" ".join(sentence.lower().split()[:4]) for sentence in concept.positives)
        assert beginnings.most_common(1)[0][1] == 1, (concept.key, beginnings.most_common(1))


def test_keys_tell_senses_apart():
    river, money = Concept("bank", ("a",), sense="river"), Concept("bank", ("b",), sense="money")
    library = Library("x", (river, money))
    assert library.keys == ("bank (river)", "bank (money)")
    assert library["bank (river)"] is river
    with pytest.raises(
        ValueError, match="library 'x' holds concept 'bank' twice: remove one, or give each a sense"
    ):
        Library("x", (Concept("bank", ("a",)), Concept("bank", ("b",))))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Library("x", ()), "library 'x' holds no concept: expected at least one"),
        (lambda: Concept(" \u200b", ("a",)), "a concept has no name: expected a non-empty name"),
        (
            lambda: Concept("cat", ("a", "b"), kinds=("fact",)),
            "concept 'cat' has 1 kinds for 2 positive sentences",
        ),
        (lambda: Library("x", (Concept("cat", ("a",)),))["dog"], "no concept 'dog' in library 'x'"),
    ],
)
def test_what_is_no_concept_or_library_is_refused(make, words):
    with pytest.raises((ValueError, KeyError), match=words):
        make()


def test_notes_play_no_part_in_what_a_library_is():
    cat = Concept("cat", ("A cat.",))
    assert Library("x", (cat,), notes=("1 blank sentence dropped",)) == Library("x", (cat,))


def test_public_names_are_sorted_and_there():
    assert concepts.__all__ == sorted(concepts.__all__)
    assert all(hasattr(concepts, name) for name in concepts.__all__)

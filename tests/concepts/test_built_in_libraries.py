"""The libraries that come with the installation hold what they promise."""

from collections import Counter

import pytest

from expertlens_core.concepts import load_library, mentions
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

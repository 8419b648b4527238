import re
from collections import Counter

import pytest
from expertlens_core.concepts.neutral_grammar import make_neutral_pool

from expertlens_core.concepts import Concept, Library, neutral_pool, pool_for

PAPER = """
cat dog cheetah horse animal jacket jeans shirt sock clothes red blue green black
colour color chair bookshelf table couch furniture doctor teacher driver musician occupation heart kidney
lung brain organ golf racing gymnastics swimming sport mathematics geography biology chemistry subject carrot
potato pumpkin corn vegetable bus tank motorcycle bicycle vehicle
"""


def test_the_file_is_what_the_grammar_makes():
    assert neutral_pool() == make_neutral_pool()


def test_it_is_half_fact_half_story_of_five_to_thirty_words():
    pool = neutral_pool()
    assert Counter(pool.kinds) == {"fact": 600, "story": 600}
    lengths = [len(sentence.split()) for sentence in pool.sentences]
    assert min(lengths) >= 5
    assert max(lengths) <= 30
    assert all(re.fullmatch(r'["A-Z].*[."]', sentence) for sentence in pool.sentences)


@pytest.mark.parametrize("name", PAPER.split())
def test_it_names_no_concept_of_the_papers_domains(name):
    assert neutral_pool().mentioning(name) == frozenset()


def concept(name: str, size: int) -> Concept:
    return Concept(name, tuple(f"Sentence {i} on {name}." for i in range(size)))


def test_a_library_gives_its_own_pool_when_every_concept_finds_enough_in_it():
    names = ("oak", "elm", "ash", "fir", "yew")
    enough = Library("x", tuple(concept(name, 13) for name in names))
    assert pool_for(enough).name == "x"
    few_sentences = Library("x", tuple(concept(name, 12) for name in names))
    one_sided = Library("x", (concept("oak", 500), *(concept(name, 12) for name in names[1:])))
    few_concepts = Library("x", tuple(concept(name, 400) for name in names[:4]))
    for library in (few_sentences, one_sided, few_concepts):
        assert pool_for(library) == neutral_pool()

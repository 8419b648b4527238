"""The lexicon: how many concepts, what they are, and that nothing gives itself away."""

from pathlib import Path

import numpy as np
import pytest

from expertlens_core.microworld.control import shuffled_lexicon
from expertlens_core.microworld.inflection import singular
from expertlens_core.microworld.lexicon import load_lexicon, smoothed_fit
from expertlens_core.microworld.related import all_unseen, related_lemmas, related_words

MEN = Path(__file__).parents[2].parent / "shared" / "data" / "men" / "MEN_dataset_natural_form_full"


def test_the_papers_fifty_concepts_are_there_with_their_broader_ones():
    lexicon = load_lexicon()
    domains: dict[str, list[str]] = {}
    for entry in lexicon.entries:
        if entry.paper:
            domains.setdefault(entry.broader, []).append(entry.name)
    assert len(domains) == 10
    assert all(len(names) == 5 and broader in names for broader, names in domains.items())
    assert {"cat", "dog", "cheetah", "horse"} < set(domains["animal"])


def test_at_least_120_concepts_and_four_to_six_words_with_two_senses():
    lexicon = load_lexicon()
    assert len(lexicon.entries) == len(lexicon.by_key) >= 120
    senses = [e.name for e in lexicon.entries if e.sense]
    assert 4 <= len(set(senses)) <= 6
    assert all(senses.count(name) == 2 for name in senses)


@pytest.mark.skipif(not MEN.exists(), reason="the MEN judgments are not at hand")
def test_concepts_cover_the_men_judgments():
    pairs = [line.split()[:2] for line in MEN.read_text(encoding="utf-8").splitlines()]
    words = {word for pair in pairs for word in pair}
    names = {e.name for e in load_lexicon().entries if not e.sense}
    assert len(names & words) >= 100
    assert sum(a in names and b in names for a, b in pairs) >= 150


def test_attributes_name_neither_the_concept_nor_its_domain():
    for entry in load_lexicon().entries:
        forbidden = {singular(name) for name in entry.names} | entry.names
        if entry.broader and not entry.is_broader:
            forbidden |= {entry.broader, singular(entry.broader)}
        for attribute in entry.grades:
            assert forbidden.isdisjoint(attribute.surface), (entry.key, attribute.phrase)


def test_attributes_overlap_across_domains():
    lexicon = load_lexicon()
    domains: dict[str, set[str]] = {}
    for entry in lexicon.entries:
        for attribute in entry.grades:
            for lemma in attribute.lemmas:
                domains.setdefault(lemma, set()).add(entry.domain)
    shared = [lemma for lemma, found in domains.items() if len(found) > 1]
    assert len(shared) > 0.35 * len(domains)


def test_every_concept_has_at_least_eight_unseen_related_lemmas():
    lexicon = load_lexicon()
    for entry in lexicon.entries:
        unseen = all_unseen()[entry.key]
        assert len(unseen) >= 8, entry.key
        assert unseen < related_lemmas(lexicon, entry)
        words = related_words(entry.key)
        assert not words["seen"] & words["unseen"]
        assert not (words["seen"] | words["unseen"]) & entry.names


def test_vectors_lend_an_attribute_to_a_neighbour_only():
    grades = np.array([[2.0, 2, 0, 0], [2, 0, 0, 0], [0, 0, 2, 2]])
    fit = smoothed_fit(grades, rank=2)
    assert fit[1, 1] > 0.1
    assert abs(fit[2, 1]) < 1e-9


def test_the_shuffled_world_keeps_the_attributes_and_loses_the_domains():
    lexicon = load_lexicon()
    shuffled = shuffled_lexicon(lexicon)

    def within(world):
        cats = {a.phrase for a in world.by_key["cat"].grades}
        return len(cats & {a.phrase for a in world.by_key["dog"].grades})

    assert within(lexicon) >= 20
    assert within(shuffled) <= 12 < within(lexicon) / 2
    sizes = [(len(a.grades), len(b.grades)) for a, b in zip(lexicon.entries, shuffled.entries)]
    assert all(before - after <= 6 for before, after in sizes)

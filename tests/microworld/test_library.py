"""The built-in library: frozen, regenerated identically, fair."""

import re
import time

import pytest

from expertlens_core.microworld import library as library_module
from expertlens_core.microworld.grammar import Grammar
from expertlens_core.microworld.lexicon import load_lexicon
from expertlens_core.microworld.library import microworld_library, probe_sentences, write_library
from expertlens_core.microworld.related import all_unseen, related_words


def test_every_concept_has_400_distinct_sentences_half_fact_half_story():
    library = microworld_library()
    assert len(library) == len(load_lexicon().entries)
    for concept in library:
        assert len(set(concept.positives)) == 400
        assert concept.kinds.count("fact") == concept.kinds.count("story") == 200


def test_it_loads_quickly():
    microworld_library()
    microworld_library.cache_clear()
    times = []
    for _ in range(3):
        microworld_library.cache_clear()
        start = time.perf_counter()
        microworld_library()
        times.append(time.perf_counter() - start)
    assert min(times) < 0.3


def test_some_concepts_are_regenerated_identically():
    lexicon, library = load_lexicon(), microworld_library()
    grammar = Grammar(lexicon, banned=all_unseen())
    for key in ("cat", "mathematics", "bank (river)", "jeans"):
        fresh = probe_sentences(grammar, key, "fact", 200) + probe_sentences(grammar, key, "story", 200)
        assert tuple(fresh) == library[key].positives


@pytest.mark.slow
def test_the_whole_library_is_regenerated_identically(tmp_path):
    shipped = microworld_library().digest
    file = tmp_path / "library.jsonl.gz"
    assert write_library(file).digest == shipped
    assert file.read_bytes() == library_module.library_file().read_bytes()


def test_a_third_of_the_sentences_at_least_do_not_name_the_concept():
    by_key = load_lexicon().by_key
    for concept in microworld_library():
        entry = by_key[concept.key]
        pattern = re.compile(r"\b(?:" + "|".join(map(re.escape, entry.names)) + r")\b", re.IGNORECASE)
        named = sum(bool(pattern.search(s)) for s in concept.positives) / 400
        assert named == 1.0 if entry.is_broader else 0.35 <= named <= 0.7, concept.key


def test_specific_concepts_do_not_name_their_domain():
    by_key = load_lexicon().by_key
    for concept in microworld_library():
        broader = by_key[concept.key].broader
        if broader and broader != concept.name:
            pattern = re.compile(rf"\b{broader.removesuffix('s')}s?\b", re.IGNORECASE)
            assert not any(pattern.search(s) for s in concept.positives), concept.key


def test_unseen_words_are_unseen():
    for concept in microworld_library():
        words = {w for s in concept.positives for w in re.findall(r"[a-z]+(?:-[a-z]+)*", s.lower())}
        assert not words & related_words(concept.key)["unseen"], concept.key


def test_unseen_words_do_occur_in_training():
    import random

    from expertlens_core.microworld.grammar import training_grammar

    grammar, rng = training_grammar(), random.Random(0)
    for key in ("cat", "doctor", "chemistry"):
        text = " ".join(grammar.document(grammar.lexicon.by_key[key], 15, rng) for _ in range(60)).lower()
        words = set(re.findall(r"[a-z]+(?:-[a-z]+)*", text))
        found = {lemma for lemma in all_unseen()[key] if grammar.lexicon.forms([lemma]) & words}
        assert len(found) >= 8, key


def test_no_probe_sentence_occurs_in_training_text():
    from itertools import islice

    from expertlens_core.microworld.corpus import documents
    from expertlens_core.microworld.grammar import training_grammar

    probes = {s for concept in microworld_library() for s in concept.positives}
    text = [s for _, d in islice(documents(training_grammar(), 0), 500) for s in re.split(r"(?<=[.!?]) ", d)]
    assert not probes & set(text)

"""The grammar: deterministic, varied, and with probe frames of its own."""

import random
import re
from itertools import islice

from expertlens_core.microworld.corpus import documents, frequencies
from expertlens_core.microworld.frames import PROBE, load_frames
from expertlens_core.microworld.grammar import training_grammar
from expertlens_core.microworld.lexicon import load_lexicon
from expertlens_core.microworld.polish import place_object, polish


def _patterns():
    frames = [frame for found, _ in load_frames().values() for frame in found]
    training = [f.pattern for f in frames if f.section not in PROBE]
    return training, [f.pattern for f in frames if f.section in PROBE]


def test_at_least_200_frames_and_none_serves_both_training_and_probes():
    training, probe = _patterns()
    assert len(set(training)) >= 200
    assert len(set(probe)) >= 40
    assert not set(training) & set(probe)


def test_the_same_seed_gives_the_same_documents():
    first, again, other = (
        [text for _, text in islice(documents(training_grammar(), seed), 20)] for seed in (3, 3, 4)
    )
    assert first == again
    assert first != other


def test_documents_are_longer_than_a_training_row():
    for _, text in islice(documents(training_grammar(), 1), 200):
        assert len(text.split()) > 100


def test_no_slot_or_bracket_is_left_over():
    rng = random.Random(0)
    grammar = training_grammar()
    for entry in grammar.lexicon.entries:
        for kind in load_frames():
            for frame in grammar.frames_for(kind, entry)[:: 7 if kind in ("fact", "story") else 3]:
                sentence = grammar.sentence(frame, grammar.cast(entry, 0.5, rng), rng)
                assert not re.search(r"[{}\[\]|%]|  | [,.!?]", sentence), (frame.pattern, sentence)
                assert sentence[0] in '"' or sentence[0].isupper(), sentence


def test_people_and_places_do_not_depend_on_the_concept():
    grammar = training_grammar()
    names = {person.name for person in grammar.people} | set(grammar.towns)
    words = {w for a in grammar.lexicon.attributes for w in a.surface}
    assert words.isdisjoint({name.lower() for name in names})


def test_some_documents_name_their_concept_late_or_never():
    texts = [
        (entry, text) for entry, text in islice(documents(training_grammar(), 2), 400) if not entry.is_broader
    ]
    first = []
    for entry, text in texts:
        pattern = re.compile(r"\b(?:" + "|".join(map(re.escape, entry.names)) + r")\b", re.IGNORECASE)
        sentences = re.split(r"(?<=[.!?]) ", text)
        first.append(next((i for i, s in enumerate(sentences) if pattern.search(s)), None))
    never = sum(i is None for i in first) / len(first)
    late = sum(i is not None and i >= 3 for i in first) / len(first)
    assert 0.05 < never < 0.25
    assert 0.3 < late < 0.6


def test_frequencies_spread_over_a_hundred_times():
    shares = frequencies(load_lexicon())
    assert abs(sum(shares.values()) - 1) < 1e-9
    assert max(shares.values()) / min(shares.values()) >= 100


def test_pronouns_go_before_particles_and_nouns_after_them():
    assert place_object("peel off %", "it") == "peel it off"
    assert place_object("peel off %", "the carrot") == "peel off the carrot"
    assert place_object("walk up %", "it") == "walk up it"


def test_sentences_begin_with_capitals_and_articles_fit():
    assert (
        polish('"it is a old one." said Tom . then he left') == '"It is an old one." said Tom. Then he left'
    )

"""Senses from WordNet: as nltk gives them, and where it is not installed or not whole."""

import sys
from types import ModuleType, SimpleNamespace

import pytest

from expertlens_core.writers.senses import senses


def synset(definition, pos, *names):
    return SimpleNamespace(definition=lambda: definition, pos=lambda: pos, lemma_names=lambda: list(names))


@pytest.fixture
def wordnet(monkeypatch):
    """A stand-in for nltk's WordNet: word → synsets, or an error."""

    def install(answer):
        def synsets(word):
            if isinstance(answer, Exception):
                raise answer
            return answer.get(word, [])

        corpus = ModuleType("nltk.corpus")
        corpus.wordnet = SimpleNamespace(synsets=synsets)
        monkeypatch.setitem(sys.modules, "nltk", ModuleType("nltk"))
        monkeypatch.setitem(sys.modules, "nltk.corpus", corpus)

    return install


def test_each_sense_avoids_the_synonyms_of_the_others(wordnet):
    informer = synset("someone who informs", "n", "fink", "snitch", "stool_pigeon", "canary")
    bird = synset("a small finch", "n", "canary", "canary_bird")
    colored = synset("light yellow", "s", "canary", "canary-yellow")
    wordnet({"canary": [informer, bird, colored]})
    found = senses(" canary ")
    assert [each.word_class for each in found] == ["noun", "noun", "adjective"]
    assert found[0].avoid == ()
    assert found[1].avoid == ("fink", "snitch")
    assert found[1].definition == "a small finch"


def test_a_phrase_is_looked_up_as_wordnet_spells_it(wordnet):
    wordnet({"ice_cream": [synset("a frozen dessert", "n", "ice_cream")]})
    assert senses("ice cream")[0].definition == "a frozen dessert"
    assert senses("qqqq") == ()


@pytest.mark.parametrize("trouble", [LookupError("no data"), OSError("half a folder"), ImportError("none")])
def test_without_wordnet_there_is_none(wordnet, trouble):
    wordnet(trouble)
    assert senses("canary") is None


def test_without_nltk_there_is_none(monkeypatch):
    monkeypatch.setitem(sys.modules, "nltk", None)
    assert senses("canary") is None

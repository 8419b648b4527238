"""Content words by their lemmas, by either reader; and how many of them are related to a concept."""

import sys
from types import SimpleNamespace

import pytest

from expertlens_core.analysis import content_words
from expertlens_core.analysis.content_words import FUNCTION_WORDS, best_reader, list_reader, spacy_reader
from expertlens_core.analysis.related_prevalence import prevalences, related_lemmas
from expertlens_core.concepts import Concept


def test_content_words_by_hand():
    reader = list_reader()
    (found,) = reader.contents(
        ["She was running to the mice, and they’d quickly eaten Sarah's red feathers!"]
    )
    assert found == ["run", "mouse", "quickly", "eat", "red", "feather"]  # Sarah is a name
    assert reader.contents(["", "of the 12 -- it's", "Brombert Kwazzle"]) == [[], [], []]
    assert reader.contents(["Cats slept."]) == [["cat", "sleep"]], "a capital alone makes no name"


def test_the_name_says_what_read():
    assert list_reader().name.startswith("simplemma 2.0.0, lemminflect 0.2.3")
    assert not {word for word in FUNCTION_WORDS if word != word.lower()}


def test_spacy_reads_where_it_is_installed(monkeypatch):
    versions = {"spacy": "9.1", "en_core_web_sm": "9.0", "simplemma": "2", "lemminflect": "0"}

    def version(name):
        try:
            return versions[name]
        except KeyError:
            raise content_words.PackageNotFoundError(name) from None

    def token(text, lemma, pos):
        return SimpleNamespace(text=text, lemma_=lemma, pos_=pos)

    read = [token("Mice", "mouse", "NOUN"), token("were", "be", "AUX"), token("Rome", "Rome", "PROPN"),
            token("painting", "paint", "VERB"), token("12", "12", "NUM"), token(".", ".", "PUNCT")]  # fmt: skip
    loaded = []

    def load(name, exclude):
        loaded.append((name, exclude))
        return SimpleNamespace(pipe=lambda texts: [read for _ in texts])

    content_words._spacy.cache_clear()
    monkeypatch.setattr(content_words, "version", version)
    monkeypatch.setitem(sys.modules, "spacy", SimpleNamespace(load=load))
    reader = best_reader()
    assert reader.name == "spaCy 9.1, en_core_web_sm 9.0"
    assert loaded == [], "a key is told without loading it"
    assert reader.contents(["one", "two"]) == [["mouse", "paint"]] * 2
    assert reader.lemmas(["one"]) == {"mouse", "be", "rome", "paint"}
    assert loaded == [("en_core_web_sm", ["parser", "ner"])]
    del versions["en_core_web_sm"]
    assert spacy_reader() is None
    assert best_reader().name.startswith("simplemma")
    content_words._spacy.cache_clear()


CAT = Concept(
    "cat", ("The cat purred on a mat.",), related=("purring", "whiskers", "cats", "litter of mice", "mat")
)


def test_related_words_are_compared_by_their_lemmas():
    words = related_lemmas(CAT, list_reader())
    assert words.all == {"purr", "whisker", "litter", "mouse", "mat"}, "the name counts in neither set"
    assert words.unseen == {"whisker", "litter", "mouse"}, "purr and mat stand in a sentence"
    assert words.of("unseen") == words.unseen
    assert words.of("all") == words.all


def test_prevalence_is_in_points_of_content_words():
    contents = list_reader().contents(["The cat's whiskers twitched.", "A dog barked.", "", "He and she"])
    found = prevalences(contents, related_lemmas(CAT, list_reader()).unseen)
    assert found == pytest.approx([100 / 3, 0, 0, 0])

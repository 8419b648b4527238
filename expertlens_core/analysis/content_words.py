"""Content words of a text, each by its lemma: nouns, verbs, adjectives and adverbs.

spaCy's ``en_core_web_sm``, the paper's, reads where it is installed. Otherwise simplemma gives the lemmas, and what is
neither one of a closed list of function words nor an unknown word with a capital (a name) is content. English only.
Source: docs/method.md, section 10.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any, NamedTuple

from ..concepts.mention import is_known

SPACY_MODEL = "en_core_web_sm"
_CONTENT = {"NOUN", "VERB", "ADJ", "ADV"}
"""Of spaCy's parts of speech; names (PROPN) and auxiliaries (AUX) are parts of their own."""
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
"""A run of letters with inner apostrophes; hyphens part words."""
_ENDING = re.compile(r"(n't|'(s|m|re|ve|ll|d|t))$")
_LIST = """
    a an the this that these those my your his her its our their mine yours hers ours theirs
    i you he she it we they me him us them myself yourself himself herself itself ourselves themselves yourselves
    who whom whose which what whoever whatever whichever someone somebody something anyone anybody anything everyone
    everybody everything nobody nothing none one each every either neither both all any some no another such
    when where why how whenever wherever
    of in to for with on at from by about as into like through after over between out against during without before
    under around among since until upon within along across behind beyond per via above below near off up down onto
    toward towards despite beside besides inside outside throughout unlike amid than
    and or but nor yet if because although though while whereas unless whether
    be am is are was were been being have has had having do does did doing can could may might must shall should will
    would ought ca wo ain don doesn didn isn aren wasn weren hasn haven hadn couldn wouldn shouldn
    not to there s m re ve ll d t
    two three four five six seven eight nine ten eleven twelve twenty hundred thousand million
    oh hey yes yeah hello please
"""
FUNCTION_WORDS = frozenset(_LIST.split())
"""English words that are no content words in most of their uses, in lower case."""


class Word(NamedTuple):
    """A word of a text."""

    lemma: str
    """In lower case."""
    content: bool
    """Whether it is a noun, verb, adjective or adverb."""


@dataclass(frozen=True)
class Reader:
    """What parts texts into words."""

    name: str
    """With its versions, as a result tells it."""
    read: Callable[[Sequence[str]], Iterator[list[Word]]]
    """The words of each text, in order."""

    def contents(self, texts: Sequence[str]) -> list[list[str]]:
        """Lemmas of the content words of each text."""
        return [[word.lemma for word in words if word.content] for words in self.read(texts)]

    def lemmas(self, texts: Sequence[str]) -> frozenset[str]:
        """Lemmas of all words of some texts."""
        return frozenset(word.lemma for words in self.read(texts) for word in words)


def best_reader() -> Reader:
    """spaCy's where it is installed, else the one that carries its data in its packages."""
    return spacy_reader() or list_reader()


def spacy_reader() -> Reader | None:
    """spaCy with `SPACY_MODEL`, or None where either is not installed; it is loaded at the first text."""
    try:
        name = f"spaCy {version('spacy')}, {SPACY_MODEL} {version(SPACY_MODEL)}"
    except PackageNotFoundError:
        return None
    return Reader(name, _spacy_words)


def list_reader() -> Reader:
    """simplemma's lemmas and the closed list of function words."""
    name = (
        f"simplemma {version('simplemma')}, lemminflect {version('lemminflect')} and a list of function words"
    )
    return Reader(name, lambda texts: ([_word(found) for found in _WORD.findall(text)] for text in texts))


def _spacy_words(texts: Sequence[str]) -> Iterator[list[Word]]:
    for document in _spacy().pipe(texts):
        yield [
            Word(token.lemma_.lower(), token.pos_ in _CONTENT)
            for token in document
            if any(map(str.isalpha, token.text))
        ]


@cache
def _spacy() -> Any:
    import spacy

    return spacy.load(SPACY_MODEL, exclude=["parser", "ner"])


@cache
def _word(found: str) -> Word:
    """A word as it stands in a text, by the list and simplemma."""
    from simplemma import lemmatize

    plain = _ENDING.sub("", found.lower().replace("’", "'"))
    lemma = lemmatize(plain, lang="en").lower() if plain else found.lower()
    name = found[:1].isupper() and not is_known(plain)
    return Word(
        lemma, bool(plain) and plain not in FUNCTION_WORDS and lemma not in FUNCTION_WORDS and not name
    )

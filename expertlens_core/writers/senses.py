"""Senses of a word, from WordNet where its data is installed."""

from __future__ import annotations

from dataclasses import dataclass

from .order import WordClass

INSTALL = "pip install nltk && python -m nltk.downloader wordnet"
"""The line that brings WordNet."""
MOST = 12
"""Senses offered for a word, the most frequent first."""
_CLASSES: dict[str, WordClass] = {"n": "noun", "v": "verb", "a": "adjective", "s": "adjective", "r": "adverb"}


@dataclass(frozen=True)
class Sense:
    """One reading of a word."""

    definition: str
    word_class: WordClass
    avoid: tuple[str, ...]
    """Synonyms of the other readings that are none of this one."""


def senses(word: str) -> tuple[Sense, ...] | None:
    """Readings of a word; empty for one that WordNet does not know, None where WordNet is not installed."""
    try:
        from nltk.corpus import wordnet

        found = wordnet.synsets(word.strip().replace(" ", "_"))[:MOST]
    except (ImportError, LookupError, OSError, ValueError):  # no nltk, no data, or data that is not whole
        return None
    names = [{str(name).lower() for name in each.lemma_names() if name.isalpha()} for each in found]
    return tuple(
        Sense(
            str(each.definition()),
            _CLASSES[each.pos()],
            tuple(sorted(set().union(*names[:row], *names[row + 1 :]) - names[row])),
        )
        for row, each in enumerate(found)
    )

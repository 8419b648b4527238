"""Prevalence of related words: how many of a text's content words belong to a concept (docs/method.md, section 10)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ..concepts import Concept
from ..concepts.mention import lemmas, words
from ..concepts.related_words import SHORTEST
from .content_words import Reader

WordSet = Literal["unseen", "all"]
SETS: tuple[WordSet, ...] = ("unseen", "all")


@dataclass(frozen=True)
class RelatedLemmas:
    """Lemmas of a concept's related words, without those of its name."""

    unseen: frozenset[str]
    """Those that no positive sentence has."""
    all: frozenset[str]

    def of(self, which: WordSet) -> frozenset[str]:
        """One of the two sets."""
        return self.unseen if which == "unseen" else self.all


def related_lemmas(concept: Concept, reader: Reader) -> RelatedLemmas:
    """The related words of a concept as a reader lemmatises them.

    A phrase counts by its words of at least `SHORTEST` letters. The concept's own name counts in neither set.
    """
    parts = [words(entry) for entry in concept.related]
    single = [w for some in parts for w in some if len(some) == 1 or len(w) >= SHORTEST]
    name = reader.lemmas([concept.name]).union(*(lemmas(word) for word in words(concept.name)))
    related = reader.lemmas(single) - name
    return RelatedLemmas(related - reader.lemmas(concept.positives), related)


def prevalences(contents: Sequence[Sequence[str]], related: Collection[str]) -> np.ndarray:
    """`[texts]` related content words / content words, in percentage points; 0 for a text without content words."""
    return np.array(
        [100 * sum(lemma in related for lemma in text) / len(text) if text else 0.0 for text in contents]
    )

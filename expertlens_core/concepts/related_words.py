"""Related words of a concept, in every form they take in a text."""

from __future__ import annotations

from functools import lru_cache

from .concept import Concept
from .mention import WORD, inflections, lemmas

SHORTEST = 4
"""Letters of a word of a phrase (``cup of tea``) that counts by itself."""


def related_forms(concept: Concept) -> frozenset[str]:
    """The related words of a concept in lower case and in every inflected form, without its name.

    A phrase of several words counts by those of at least `SHORTEST` letters.
    """
    seen, unseen = seen_and_unseen(concept)
    return seen | unseen


@lru_cache(maxsize=256)
def seen_and_unseen(concept: Concept) -> tuple[frozenset[str], frozenset[str]]:
    """The forms of the related words that the positive sentences use, and of those that they never use.

    A word is seen when the sentences have it in any of its forms (METHOD section 10).
    """
    if not concept.related:
        return frozenset(), frozenset()
    used = {word for sentence in concept.positives for word in WORD.findall(sentence.lower())}
    name = frozenset().union(*(lemmas(word) for word in WORD.findall(concept.name.lower())))
    seen: set[str] = set()
    unseen: set[str] = set()
    for entry in concept.related:
        words = WORD.findall(entry.lower())
        for word in words if len(words) == 1 else [each for each in words if len(each) >= SHORTEST]:
            forms = {form for form in inflections(word) if lemmas(form).isdisjoint(name)}
            (unseen if forms.isdisjoint(used) else seen).update(forms)
    return frozenset(seen), frozenset(unseen - seen)

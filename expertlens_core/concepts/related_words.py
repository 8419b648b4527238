"""Related words of a concept, in every form they take in a text."""

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from math import log

from .library import Concept
from .mention import inflections, lemmas, mentions, words

SHORTEST = 4
"""Letters of a word of a phrase (``cup of tea``) that counts by itself."""
TELLING = 50
"""Words that stand for a concept without related words."""


def related_forms(concept: Concept) -> frozenset[str]:
    """The related words of a concept in lower case and in every inflected form, without its name.

    A phrase of several words counts by those of at least `SHORTEST` letters.
    """
    seen, unseen = seen_and_unseen(concept)
    return seen | unseen


@lru_cache(maxsize=256)
def seen_and_unseen(concept: Concept) -> tuple[frozenset[str], frozenset[str]]:
    """The forms of the related words that the positive sentences use in any form, and of those that they
    never use.

    Source: docs/method.md, section 10.
    """
    if not concept.related:
        return frozenset(), frozenset()
    used = {word for sentence in concept.positives for word in words(sentence)}
    name = frozenset().union(*(lemmas(word) for word in words(concept.name)))
    seen: set[str] = set()
    unseen: set[str] = set()
    for entry in concept.related:
        parts = words(entry)
        for word in parts if len(parts) == 1 else [each for each in parts if len(each) >= SHORTEST]:
            forms = {form for form in inflections(word) if lemmas(form).isdisjoint(name)}
            (unseen if forms.isdisjoint(used) else seen).update(forms)
    return frozenset(seen), frozenset(unseen - seen)


def shows(concept: Concept, text: str, forms: frozenset[str] | None = None) -> bool:
    """Whether a text holds the concept's name or one of `forms` (default: its related words)."""
    return holds(text, related_forms(concept) if forms is None else forms) or mentions(text, concept.name)


def holds(text: str, forms: frozenset[str]) -> bool:
    """Whether one of some lower-case words stands in a text."""
    return not forms.isdisjoint(words(text))


def telling_words(concept: Concept, others: Sequence[str]) -> frozenset[str]:
    """Words that tell a concept's sentences from others, for a concept without related words.

    The `TELLING` words of the highest log odds (positive against other sentences, one added to each count)
    among those that stand in at least three positive sentences and in at most two in a hundred of the others.
    """
    inside = Counter(word for s in concept.positives for word in set(words(s)))
    outside = Counter(word for s in others for word in set(words(s)))
    most = max(1, len(others) // 50)
    odds = {
        word: log((n + 1) / (len(concept.positives) + 2)) - log((outside[word] + 1) / (len(others) + 2))
        for word, n in inside.items()
        if n >= 3 and outside[word] <= most and len(word) >= SHORTEST
    }
    return frozenset(sorted(odds, key=lambda word: (-odds[word], word))[:TELLING])

"""Related words of a concept, in every form they take in a text."""

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

from .library import Concept
from .library_files import BUILT_IN, load_library
from .mention import inflections, lemmas, mentions, words

SHORTEST = 4
"""Letters of a word of a phrase (``cup of tea``) that counts by itself."""
ODDS = 20.0
"""How much more frequent a telling word is in a concept's sentences."""
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


def shows(concept: Concept, text: str, forms: frozenset[str] | None = None, least: int = 1) -> bool:
    """Whether a text holds the concept's name or `least` different ones of `forms` (default: its related words)."""
    forms = related_forms(concept) if forms is None else forms
    return len(forms.intersection(words(text))) >= least or mentions(text, concept.name)


def holds(text: str, forms: frozenset[str]) -> bool:
    """Whether one of some lower-case words stands in a text."""
    return not forms.isdisjoint(words(text))


def telling_words(concept: Concept, others: Sequence[str]) -> frozenset[str]:
    """Words that tell a concept's sentences from others, for a concept without related words.

    The `TELLING` words of the highest odds (positive against other sentences, one added to each count)
    among those that stand in at least three positive sentences, in at most two in a hundred of the others, and at
    least `ODDS` times as often in the positive ones as in the built-in libraries' sentences.
    """
    inside = Counter(word for s in concept.positives for word in set(words(s)))
    outside = Counter(word for s in others for word in set(words(s)))
    ordinary, many = _ordinary()
    most = max(1, len(others) // 50)

    def odds(word: str, elsewhere: Counter[str], sentences: int) -> float:
        share = (inside[word] + 1) / (len(concept.positives) + 2)
        return share * (sentences + 2) / (elsewhere[word] + 1)

    telling = {
        word: odds(word, outside, len(others))
        for word, n in inside.items()
        if n >= 3 and outside[word] <= most and len(word) >= SHORTEST and odds(word, ordinary, many) >= ODDS
    }
    return frozenset(sorted(telling, key=lambda word: (-telling[word], word))[:TELLING])


@lru_cache(maxsize=1)
def _ordinary() -> tuple[Counter[str], int]:
    """In how many of the built-in libraries' sentences each word stands, and how many there are."""
    found = [s for name in BUILT_IN for concept in load_library(name) for s in concept.positives]
    return Counter(word for s in found for word in set(words(s))), len(found)

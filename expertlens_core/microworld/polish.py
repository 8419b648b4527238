"""Polish: object pronouns, capital letters, articles and spaces of a finished sentence."""

from __future__ import annotations

import re

from .inflection import article

SEPARABLE = frozenset({"up", "out", "off", "back"})
TAKES_ON = frozenset(
    {"put", "putting", "try", "tried", "trying", "pull", "pulled", "pulling", "cut", "cutting"}
)
_STAYS = re.compile(r"^(run|ran|running|walk|fall|fell|fish|row|look|jump|climb)")
_PRONOUNS = ("it", "them", "him", "her")


def place_object(phrase: str, reference: str) -> str:
    """Put the object where ``%`` stands; a pronoun goes before a particle: ``peel it off``."""
    if reference in _PRONOUNS and not _STAYS.match(phrase):
        words = phrase.split()
        at = words.index("%")
        if at and (words[at - 1] in SEPARABLE or (words[at - 1] in ("on", "down") and words[0] in TAKES_ON)):
            words[at - 1], words[at] = words[at], words[at - 1]
            phrase = " ".join(words)
    return phrase.replace("%", reference)


_SENTENCE = re.compile(r"((?:^|[.!?] )\"?)([a-z])")
_ARTICLE = re.compile(r"\b([Aa]) (?=[a-z])")


def polish(text: str) -> str:
    """Capital letters, a or an, and single spaces."""
    text = re.sub(r"\s+([,.!?])", r"\1", re.sub(r"\s+", " ", text)).strip()
    text = _SENTENCE.sub(lambda m: m[1] + m[2].upper(), text)
    return _ARTICLE.sub(lambda m: f"{m[1]}{article(text[m.end() :])[1:]} ", text)

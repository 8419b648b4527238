"""A short, honest look at a concept's sentences: how many, how long, how often they name it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ..errors import InputError
from .diversity import diversity
from .mention import WORD, mentions
from .probe_size import size_warnings

LOOKED_AT = 2000
"""Sentences of each set that are read; of longer sets the first ones stand for all."""
LENGTH_RATIO = 1.5
"""Mean lengths that differ by more get a warning."""


@dataclass(frozen=True)
class Health:
    """What was counted."""

    positives: int
    negatives: int
    named: float
    """Share of positive sentences that name the concept, 0 to 1."""
    repeated: int
    """Sentences that stand in the positive set more than once, or in the negative set."""
    words: tuple[float, float]
    """Mean number of words in a positive and in a negative sentence."""
    diversity: tuple[float, float]
    """Of the first sentences of both sets, as many as the smaller set has."""
    warnings: tuple[str, ...]


@lru_cache(maxsize=32)
def health(
    key: str, name: str, positives: tuple[str, ...], negatives: tuple[str, ...], source: str
) -> Health:
    """Look at both sets of a concept.

    Args:
        key: the concept's key, for the warnings.
        name: its name.
        positives: sentences with it.
        negatives: sentences without it, its own or drawn.
        source: name of the pool they were drawn from; empty for its own.
    """
    warnings: list[str] = []
    try:
        warnings += size_warnings(key, len(positives), len(negatives))
    except InputError as problem:
        warnings.append(str(problem))
    read, other = positives[:LOOKED_AT], negatives[:LOOKED_AT]
    named = _share(mentions(sentence, name) for sentence in read)
    words = (_mean_words(read), _mean_words(other))
    both = len(set(positives) & set(negatives))
    repeated = len(positives) - len(set(positives)) + both
    size = min(len(read), len(other))
    if both:
        warnings.append(f"{_count(both)} in both sets: take each out of one of them.")
    if not source and (count := sum(mentions(sentence, name) for sentence in other)):
        warnings.append(
            f"{_count(count)} of the negative set with the concept's name: the set should hold none."
        )
    if positives and named == 1:
        warnings.append(
            "Every positive sentence contains the name: experts found here may know the word and no more. Describe "
            "the concept without its name in some."
        )
    if size and max(words) > LENGTH_RATIO * min(words):
        warnings.append(
            f"The sets differ in length ({words[0]:.0f} against {words[1]:.0f} words): some experts may respond to "
            "length rather than to the concept."
        )
    if source == "neutral":
        warnings.append(
            "The negative sentences come from the neutral pool, everyday sentences that ship with this app: experts "
            "found against them may be experts of style. Sentences of your own in the same style are better."
        )
    return Health(
        len(positives), len(negatives), named, repeated, words,
        (diversity(read[:size]), diversity(other[:size])), tuple(warnings),
    )  # fmt: skip


def _share(values: Iterable[bool]) -> float:
    found = list(values)
    return sum(found) / len(found) if found else 0.0


def _mean_words(sentences: Sequence[str]) -> float:
    return sum(len(WORD.findall(sentence)) for sentence in sentences) / max(1, len(sentences))


def _count(number: int) -> str:
    return "1 sentence" if number == 1 else f"{number:,} sentences"

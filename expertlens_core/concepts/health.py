"""A concept's sentences in numbers, and what to warn of wherever a result from them is shown."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ..errors import InputError, shortened
from .cleaning import clean
from .formatting import formatting_warnings
from .mention import WORD, mentions, words

FEW_POSITIVES = 20
FEW_NEGATIVES = 50
USUAL_POSITIVES = 400
"""Of a concept, by default at most (v4 section 3)."""
LENGTH_RATIO = 1.5
"""Mean lengths that differ by more get a warning."""
LOOKED_AT = 2000
"""Sentences of each set that `health` reads; of longer sets the first ones stand for all."""


@dataclass(frozen=True)
class Health:
    """What was counted in a concept's two sets."""

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


def usual_negatives(positives: int) -> int:
    """How many negatives are drawn for a positive set where nothing else is asked for; at least 2.

    2.5 for a positive, as the paper's 1,000 for 400, so that fewer positives keep the prevalence.
    """
    return max(2, round(2.5 * positives))


def diversity(sentences: Iterable[str]) -> float:
    """Type/token ratio: distinct words / words, in lower case; NaN when there is no word.

    It falls with the size of the set: compare sets of the same size only. Published for 7,000 sentences of a
    concept: 0.34 (GPT-4), 0.21, 0.18 (Mistral 7b). Source: paper v4, section 3.
    """
    found = [word for sentence in sentences for word in words(sentence)]
    return len(set(found)) / len(found) if found else math.nan


def size_warnings(concept: str, positives: int, negatives: int) -> tuple[str, ...]:
    """Warnings to show wherever a result from so few different sentences is shown; empty when there are
    enough.

    `concept` is its key. Raises InputError with fewer than two of either, for which no unit can be told from
    chance.
    """
    for count, which in ((positives, "positive"), (negatives, "negative")):
        if count < 2:
            raise InputError(
                f"concept {shortened(concept)!r} has {count} {which} sentence{'' if count == 1 else 's'}: expected at "
                "least 2 different ones (400 positive and 1,000 negative are usual), so add sentences"
            )
    found = []
    if positives < FEW_POSITIVES:
        found.append(
            f"Only {positives} positive sentences for {concept!r}: below {FEW_POSITIVES}, many units pass "
            "tau by chance."
        )
    if negatives < FEW_NEGATIVES:
        found.append(
            f"Only {negatives} negative sentences for {concept!r}: below {FEW_NEGATIVES}, AP says little."
        )
    return tuple(found)


def set_warnings(key: str, name: str, positives: Sequence[str], negatives: Sequence[str]) -> tuple[str, ...]:
    """What speaks against a concept's two sets, whatever the model: size, copies, length, formatting.

    Plain sentences to show wherever a result from these sets is shown; empty when all is well. Copies are
    sentences that are the same but for case, spaces and formatting, and count once. Errors as
    `size_warnings`.
    """
    on, off = ({clean(sentence).casefold() for sentence in each} for each in (positives, negatives))
    found = [*size_warnings(key, len(on), len(off))]
    for which, sentences, distinct in (("positive", positives, on), ("negative", negatives, off)):
        if copies := len(sentences) - len(distinct):
            found.append(
                f"{copies:,} of {len(sentences):,} {which} sentences are copies of others: a copy adds nothing, and "
                "makes a unit's AP look surer than it is."
            )
    if both := len(on & off):
        found.append(f"{_count(both)} in both sets: take each out of one of them.")
    lengths = (_mean_words(positives), _mean_words(negatives))
    if max(lengths) > LENGTH_RATIO * min(lengths):
        found.append(
            f"The sets differ in length ({lengths[0]:.0f} against {lengths[1]:.0f} words): some experts may respond to "
            "length rather than to the concept."
        )
    return (*found, *formatting_warnings(name, positives, negatives))


@lru_cache(maxsize=32)
def health(name: str, positives: tuple[str, ...], negatives: tuple[str, ...]) -> Health:
    """Count what both sets hold; what speaks against them is told by `checks`."""
    read, other = positives[:LOOKED_AT], negatives[:LOOKED_AT]
    named = sum(mentions(sentence, name) for sentence in read) / len(read) if read else 0.0
    repeated = len(positives) - len(set(positives)) + len(set(positives) & set(negatives))
    lengths = (_mean_words(read), _mean_words(other))
    size = min(len(read), len(other))
    varied = (diversity(read[:size]), diversity(other[:size]))
    return Health(len(positives), len(negatives), named, repeated, lengths, varied)


def _mean_words(sentences: Sequence[str]) -> float:
    return sum(len(WORD.findall(sentence)) for sentence in sentences) / max(1, len(sentences))


def _count(number: int) -> str:
    return "1 sentence" if number == 1 else f"{number:,} sentences"

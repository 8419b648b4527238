"""What speaks against a concept's two sets of sentences, whatever the model: size, copies, length, formatting."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .cleaning import clean
from .formatting import formatting_warnings
from .mention import WORD
from .probe_size import size_warnings

LENGTH_RATIO = 1.5
"""Mean lengths that differ by more get a warning."""


def set_warnings(key: str, name: str, positives: Sequence[str], negatives: Sequence[str]) -> tuple[str, ...]:
    """Plain sentences to show wherever a result from these sets is shown; empty when all is well.

    Sentences count once: copies are those that are the same but for case, spaces and formatting.

    Args:
        key: the concept's.
        name: the concept's.
        positives: sentences with it.
        negatives: sentences without it, its own or drawn.

    Raises:
        InputError: with fewer than two different sentences in either.
    """
    on, off = _distinct(positives), _distinct(negatives)
    found = [*size_warnings(key, len(on), len(off))]
    for which, sentences, distinct in (("positive", positives, on), ("negative", negatives, off)):
        if copies := len(sentences) - len(distinct):
            found.append(
                f"{copies:,} of {len(sentences):,} {which} sentences are copies of others: a copy adds nothing, and "
                "makes a unit's AP look surer than it is."
            )
    if both := len(on & off):
        found.append(f"{count_of(both)} in both sets: take each out of one of them.")
    words = (mean_words(positives), mean_words(negatives))
    if max(words) > LENGTH_RATIO * min(words):
        found.append(
            f"The sets differ in length ({words[0]:.0f} against {words[1]:.0f} words): some experts may respond to "
            "length rather than to the concept."
        )
    return (*found, *formatting_warnings(name, positives, negatives))


def mean_words(sentences: Sequence[str]) -> float:
    """Mean number of words in a sentence."""
    return sum(len(WORD.findall(sentence)) for sentence in sentences) / max(1, len(sentences))


def count_of(number: int) -> str:
    """``"1 sentence"``, ``"2,000 sentences"``."""
    return "1 sentence" if number == 1 else f"{number:,} sentences"


def _distinct(sentences: Iterable[str]) -> set[str]:
    return {clean(sentence).casefold() for sentence in sentences}

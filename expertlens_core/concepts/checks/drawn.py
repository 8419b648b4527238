"""Negatives that were drawn for a concept, and from where."""

from collections.abc import Iterator

from ..health import USUAL_POSITIVES, usual_negatives
from ..library import Concept
from ..negative_draw import draw_negatives
from ..negative_pool import NegativePool
from .finding import Finding
from .sets import SentenceSets

NEUTRAL = "neutral"
"""Name of the pool that ships with the project."""


def drawn_rows(
    pool: NegativePool, concept: Concept, count: int | None = None, seed: int = 0
) -> tuple[int, ...]:
    """Rows of the pool that a find with usual settings draws; `count` where another number is asked for."""
    usual = usual_negatives(min(USUAL_POSITIVES, len(concept.positives)))
    return draw_negatives(pool, concept, count or usual, seed)


def neutral(sets: SentenceSets) -> Iterator[Finding]:
    """Negatives from the neutral pool, written apart from the positives."""
    if sets.source == NEUTRAL:
        yield Finding(
            "neutral pool",
            "note",
            len(sets.negatives),
            "The negative sentences come from the neutral pool, everyday sentences that ship with this app.",
            "Experts found against them may be experts of style.",
            "Bring negatives of your own in the style of the positives, or five concepts in one library.",
        )

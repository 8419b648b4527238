"""The neutral pool, for libraries too small to give their own negatives."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

from .concept import Concept
from .library import Library
from .negative_draw import allowed_rows
from .negative_pool import NegativePool, build_pool
from .pool_file import read_pool
from .probe_size import FEW_NEGATIVES, USUAL_POSITIVES, usual_negatives

MIN_CONCEPTS = 5
"""Concepts below which a library's own sentences are too few kinds of negatives."""

ROOM = 2.5
"""Sentences of a pool for each negative that a concept draws."""
MOST = 4000
"""Sentences of a pool at most."""

_FILE = Path(__file__).with_name("neutral_pool.jsonl")


@cache
def neutral_pool() -> NegativePool:
    """1,200 everyday English sentences that ship with the project, half fact and half story, 5 to 30 words.

    Frozen. They name none of the concepts of the paper's ten domains, and
    differ in style from anyone's positives: experts found against them may be experts of style.
    """
    return read_pool(_FILE)


def pool_for(library: Library, seed: int = 0) -> NegativePool:
    """The library's own pool where it can give every concept enough negatives, else the neutral pool.

    Its size follows the library's: 2.5 times what its largest concept draws by default, and `MOST` sentences where
    a concept would find fewer than it draws among them. Enough: at least `MIN_CONCEPTS` concepts, and 50 distinct
    sentences of others for each (below which every result would carry a warning).
    """
    if len(library) < MIN_CONCEPTS:
        return neutral_pool()
    largest = min(USUAL_POSITIVES, max(len(concept.positives) for concept in library))
    pool = build_pool(library, min(MOST, round(ROOM * usual_negatives(largest))), seed)
    if len(pool) < MOST and any(_short(pool, concept) for concept in library):
        pool = build_pool(library, MOST, seed)
    most_owned = max(Counter(pool.owners).values())
    return pool if len(pool) - most_owned >= FEW_NEGATIVES else neutral_pool()


def _short(pool: NegativePool, concept: Concept) -> bool:
    """Whether a concept finds fewer negatives than it draws by default."""
    wanted = usual_negatives(min(USUAL_POSITIVES, len(concept.positives)))
    return not concept.negatives and len(allowed_rows(pool, concept)) < wanted

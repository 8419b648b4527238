"""The neutral pool, for libraries too small to give their own negatives."""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

from .library import Library
from .negative_pool import NegativePool, build_pool
from .pool_file import read_pool
from .probe_size import FEW_NEGATIVES

MIN_CONCEPTS = 5
"""Concepts below which a library's own sentences are too few kinds of negatives."""

_FILE = Path(__file__).with_name("neutral_pool.jsonl")


@cache
def neutral_pool() -> NegativePool:
    """1,200 everyday English sentences that ship with the project, half fact and half story, 5 to 30 words.

    Written by `neutral_grammar` and frozen. They name none of the concepts of the paper's ten domains, and
    differ in style from anyone's positives: experts found against them may be experts of style.
    """
    return read_pool(_FILE)


def pool_for(library: Library, limit: int = 4000, seed: int = 0) -> NegativePool:
    """The library's own pool where it can give every concept enough negatives, else the neutral pool.

    Enough: at least `MIN_CONCEPTS` concepts, and 50 distinct sentences of others for each (below which every
    result would carry a warning).
    """
    if len(library) < MIN_CONCEPTS:
        return neutral_pool()
    pool = build_pool(library, limit, seed)
    largest = max(Counter(pool.owners).values())
    return pool if len(pool) - largest >= FEW_NEGATIVES else neutral_pool()

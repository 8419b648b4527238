"""The training text: an endless, seeded stream of documents whose concepts follow Zipf's law."""

from __future__ import annotations

import random
from collections.abc import Iterator

import numpy as np

from .grammar import Grammar
from .lexicon import Entry, Lexicon

EXPONENT = 0.95
"""Zipf's exponent of the concepts' frequencies."""
SENTENCES = 17
"""Sentences of a document: more than a context holds, so that a text never ends inside it."""


def frequencies(lexicon: Lexicon, seed: int = 0) -> dict[str, float]:
    """Share of the documents of each concept: rank^-0.95, over 100 times from first to last.

    The ranks are shuffled; the fifty concepts of the paper's domains lie in the first eighty, so that a
    small model meets each of them often enough.
    """
    rng = random.Random(f"ranks {seed}")
    paper = [e.key for e in lexicon.entries if e.paper]
    others = [e.key for e in lexicon.entries if not e.paper]
    rng.shuffle(paper)
    rng.shuffle(others)
    head = paper + others[:30]
    rng.shuffle(head)
    ranked = head + others[30:]
    weights = np.arange(1, len(ranked) + 1, dtype=np.float64) ** -EXPONENT
    weights /= weights.sum()
    return dict(zip(ranked, weights.tolist()))


def documents(grammar: Grammar, seed: int = 0, stream: str = "training") -> Iterator[tuple[Entry, str]]:
    """Endless stream of (concept, text); another name of the stream gives other documents."""
    shares = frequencies(grammar.lexicon)
    entries = [grammar.lexicon.by_key[key] for key in shares]
    weights = list(shares.values())
    rng = random.Random(f"{stream} {seed}")
    while True:
        entry = rng.choices(entries, weights)[0]
        yield entry, grammar.document(entry, SENTENCES, rng)

"""The training text: an endless, seeded stream of documents whose concepts follow Zipf's law."""

from __future__ import annotations

import random
from collections.abc import Iterator

import numpy as np

from .grammar import Grammar
from .lexicon import Entry, Lexicon

HEAD = 80
"""Ranks with a gentle slope; behind them the frequencies fall steeply."""
SLOPES = (0.5, 3.8)
"""Zipf's exponent in the head and behind it."""
SENTENCES = 15
"""Sentences of a document: more than a context holds, so that a text never ends inside it."""


def frequencies(lexicon: Lexicon, seed: int = 0) -> dict[str, float]:
    """Share of the documents of each concept: rank^-0.5 in the head, falling steeply behind it.

    The first is over 100 times as frequent as the last. The ranks are shuffled; the fifty concepts of the
    paper's domains lie in the head, so that a small model meets each of them often enough.
    """
    rng = random.Random(f"ranks {seed}")
    paper = [e.key for e in lexicon.entries if e.paper]
    others = [e.key for e in lexicon.entries if not e.paper]
    rng.shuffle(paper)
    rng.shuffle(others)
    head = paper + others[: HEAD - len(paper)]
    rng.shuffle(head)
    ranked = head + others[HEAD - len(paper) :]
    ranks = np.arange(1, len(ranked) + 1, dtype=np.float64)
    weights = ranks ** -SLOPES[0] * np.maximum(ranks / HEAD, 1.0) ** (SLOPES[0] - SLOPES[1])
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

"""Relatedness: how much of a text is about a concept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from .words import lemma, word_list


def related_counts(texts: Sequence[str], words: Iterable[str]) -> tuple[np.ndarray, np.ndarray]:
    """Per text, how many words are related ones, and how many words there are.

    A word is related when its lemma is that of one of `words` (single words).

    Returns:
        Two `[texts]` int64 arrays: related words, all words.
    """
    related = {lemma(word) for word in words}
    lists = [word_list(text) for text in texts]
    hits = [sum(lemma(word) in related for word in found) for found in lists]
    return np.array(hits, dtype=np.int64), np.array([len(found) for found in lists], dtype=np.int64)


def related_share(texts: Sequence[str], words: Iterable[str]) -> float:
    """Related words / all words, over all texts together; NaN where there is no word."""
    hits, totals = related_counts(texts, words)
    return float(hits.sum() / totals.sum()) if totals.sum() else float("nan")

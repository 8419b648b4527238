"""Diversity of a set of sentences."""

from __future__ import annotations

import math
from collections.abc import Iterable

from .mention import words


def diversity(sentences: Iterable[str]) -> float:
    """Type/token ratio: distinct words / words, in lower case; NaN when there is no word.

    It falls with the size of the set: compare sets of the same size only. Published for 7,000 sentences of a
    concept: 0.34 (GPT-4), 0.21, 0.18 (Mistral 7b). Source: paper v4, section 3.
    """
    found = [word for sentence in sentences for word in words(sentence)]
    return len(set(found)) / len(found) if found else math.nan

"""Variety: how much texts repeat themselves and each other. Loads no torch."""

import re
from collections.abc import Iterator, Sequence

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
"""A run of letters, with inner apostrophes and hyphens."""


def distinct_n(texts: Sequence[str], n: int) -> float:
    """Distinct n-grams of words / all n-grams of words, over all texts together.

    Lower-case words; n-grams do not cross texts. It falls as texts become more, so compare equal numbers of
    texts. NaN where no text has n words. Source: Li et al. 2016, arXiv 1510.03055.
    """
    grams = [gram for text in texts for gram in _grams(text, n)]
    return len(set(grams)) / len(grams) if grams else float("nan")


def repeated_n(texts: Sequence[str], n: int) -> float:
    """Share of n-grams of words that stood in the same text before, in the mean over the texts.

    1 - distinct n-grams / n-grams of each text; texts of fewer than n words are left out, NaN where all are.
    Source: Welleck et al. 2020, arXiv 1908.04319 (seq-rep-n).
    """
    shares = [1 - len(set(grams)) / len(grams) for text in texts if (grams := list(_grams(text, n)))]
    return sum(shares) / len(shares) if shares else float("nan")


def _grams(text: str, n: int) -> Iterator[tuple[str, ...]]:
    words = _WORD.findall(text.lower())
    return zip(*(words[i:] for i in range(n)))

"""Words of a text, and their dictionary forms."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache


def word_list(text: str) -> list[str]:
    """Lower-case words of a text: runs of letters, with inner apostrophes and hyphens."""
    return re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", text.lower())


@lru_cache(maxsize=1 << 16)
def lemma(word: str) -> str:
    """Dictionary form of an English word in lower case, without a possessive ending: ``cats`` -> ``cat``."""
    import simplemma

    return simplemma.lemmatize(word.lower().replace("’", "'").removesuffix("'s"), lang="en").lower()


def distinct_n(texts: Sequence[str], n: int) -> float:
    """Distinct n-grams of words / all n-grams of words, over all texts together.

    Lower-case words; n-grams do not cross texts. It falls as texts become more, so compare equal numbers of
    texts. NaN where no text has n words.

    Source: Li et al. 2016, arXiv 1510.03055.
    """
    grams: list[tuple[str, ...]] = []
    for text in texts:
        words = word_list(text)
        grams += zip(*(words[i:] for i in range(n)))
    return len(set(grams)) / len(grams) if grams else float("nan")

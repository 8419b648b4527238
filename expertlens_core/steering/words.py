"""Words of texts, and how much they repeat themselves."""

import re
from collections.abc import Sequence

_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
"""A run of letters, with inner apostrophes and hyphens."""


def distinct_n(texts: Sequence[str], n: int) -> float:
    """Distinct n-grams of words / all n-grams of words, over all texts together.

    Lower-case words; n-grams do not cross texts. It falls as texts become more, so compare equal numbers of
    texts. NaN where no text has n words. Source: Li et al. 2016, arXiv 1510.03055.
    """
    grams: list[tuple[str, ...]] = []
    for text in texts:
        words = _WORD.findall(text.lower())
        grams += zip(*(words[i:] for i in range(n)))
    return len(set(grams)) / len(grams) if grams else float("nan")

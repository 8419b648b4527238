"""Near-repeats: sentences that are almost the same."""

from collections.abc import Sequence
from itertools import pairwise

from .mention import words

NEAR = 0.5
"""Likeness from which two sentences are near-repeats: of twelve words, one is another."""


def pairs_of_words(sentence: str) -> frozenset[tuple[str, str]]:
    """The neighbouring words of a sentence in lower case, its first and last word among them."""
    return frozenset(pairwise(("", *words(sentence), "")))


def likeness(one: frozenset[tuple[str, str]], other: frozenset[tuple[str, str]]) -> float:
    """Shared pairs of words / all pairs of both (Jaccard), 0 to 1."""
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared) if shared else 0.0


def near_repeats(sentences: Sequence[str], others: Sequence[str] | None = None) -> list[tuple[int, int]]:
    """Rows of sentences that are near-repeats of one another, or of `others`, sorted.

    Equal to comparing each with each by `likeness`, by way of a sparse product that meets only sentences that
    share a pair of words.

    Returns:
        Pairs (row, row) within `sentences`, the first below the second; with `others` pairs (row of `sentences`, row
        of `others`).
    """
    from scipy.sparse import csr_array, triu

    columns: dict[tuple[str, str], int] = {}

    def table(texts: Sequence[str]) -> tuple[list[int], list[int]]:
        starts, found = [0], list[int]()
        for text in texts:
            found += [columns.setdefault(pair, len(columns)) for pair in pairs_of_words(text)]
            starts.append(len(found))
        return starts, found

    tables = [table(sentences)] + ([] if others is None else [table(others)])
    left, right = (
        csr_array(([1] * len(found), found, starts), shape=(len(starts) - 1, len(columns)), dtype="int32")
        for starts, found in (tables[0], tables[-1])
    )
    shared = left @ right.T
    shared = (triu(shared, k=1) if others is None else shared).tocoo()
    sizes = (left.sum(axis=1)[shared.coords[0]], right.sum(axis=1)[shared.coords[1]])
    alike = shared.data / (sizes[0] + sizes[1] - shared.data) >= NEAR
    return sorted(zip(shared.coords[0][alike].tolist(), shared.coords[1][alike].tolist()))

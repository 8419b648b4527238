"""Stability: how much of an expert set stays when other sentences are taken for the same concept."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from .ranks import percentile_interval

Compared = Literal["within", "between", "across"]
"""Folds of one concept and source; a concept's folds of two sources; folds of two concepts."""
RESAMPLES = 10_000
MOST_PAIRS = 1000
"""Pairs of concepts at most, drawn at random."""
_CELLS = 4_000_000
"""Weights of resamples that are in memory at a time."""


@dataclass(frozen=True, eq=False)
class FoldLabels:
    """Where each expert set of a cell comes from."""

    concept: np.ndarray
    """`[sets]` int64 number of the concept."""
    source: np.ndarray
    """`[sets]` int64 number of the source."""
    fold: np.ndarray
    """`[sets]` int64 number of the fold."""


@dataclass(frozen=True, eq=False)
class Overlaps:
    """Jaccard indices of one kind of comparison, a value per group (a concept, or a pair of concepts)."""

    groups: np.ndarray
    """`[groups, 2]` int64 the two concepts of each; the same twice within a concept."""
    values: np.ndarray
    """`[groups]` float64 mean Jaccard over the pairs of folds."""
    pairs: int
    """Pairs of folds in all."""
    empty: int
    """Of these, pairs of two empty sets, which count as 0."""

    @property
    def mean(self) -> float:
        """Over the groups; NaN without any."""
        return float(self.values.mean()) if len(self.values) else math.nan

    def interval(self, resamples: int = RESAMPLES, seed: int = 0) -> tuple[float, float]:
        """95 % percentile bootstrap interval of the mean over concepts, which are drawn with replacement.

        A pair of concepts counts as often as both were drawn. NaN with fewer than two values.
        """
        concepts, places = np.unique(self.groups, return_inverse=True)
        if len(self.values) < 2:
            return math.nan, math.nan
        first, second = places.reshape(self.groups.shape).T
        rng, means = np.random.default_rng(seed), []
        step = max(1, _CELLS // len(first))
        for start in range(0, resamples, step):
            size = min(step, resamples - start)
            drawn = rng.multinomial(len(concepts), np.full(len(concepts), 1 / len(concepts)), size)
            weights = drawn[:, first].astype(np.float64)
            if (first != second).any():
                weights *= drawn[:, second]
            total = weights.sum(axis=1)
            means.append((weights @ self.values) / np.where(total, total, np.nan))
        return percentile_interval(np.concatenate(means))


def jaccard_matrix(sets: Sequence[np.ndarray], units: int) -> np.ndarray:
    """`[sets, sets]` float64 Jaccard index of each two sets of flat unit ids; NaN where both are empty.

    |A and B| / |A or B|. Source: docs/method.md, section 5.
    """
    from scipy.sparse import csr_array

    sizes = np.array([len(each) for each in sets], dtype=np.int64)
    ends = np.concatenate([[0], np.cumsum(sizes)])
    columns = np.concatenate(sets) if len(sets) else np.empty(0, np.int64)
    members = csr_array((np.ones(len(columns), np.int64), columns, ends), shape=(len(sets), units))
    both = (members @ members.T).toarray()
    union = sizes[:, None] + sizes[None, :] - both
    return np.where(union > 0, both / np.maximum(union, 1), np.nan)


def overlaps(
    matrix: np.ndarray, labels: FoldLabels, compared: Compared, sources: tuple[int, int], seed: int = 0
) -> Overlaps:
    """The Jaccard indices of one comparison, mean per concept or pair of concepts.

    Args:
        matrix: `[sets, sets]` of `jaccard_matrix`.
        labels: of its rows.
        compared: ``within`` takes every two folds of a concept, ``between`` every fold of one source with every fold
            of the other, ``across`` the folds of the same number of two concepts, of at most `MOST_PAIRS` pairs of
            concepts drawn at random.
        sources: numbers of the two sources; the same twice for within and across.
        seed: of the draw of the pairs.
    """
    rows = [
        {
            int(c): np.flatnonzero((labels.source == source) & (labels.concept == c))
            for c in np.unique(labels.concept)
        }
        for source in sources
    ]
    concepts = [concept for concept in rows[0] if len(rows[0][concept]) and len(rows[1][concept])]
    found: dict[tuple[int, int], np.ndarray] = {}
    if compared == "across":
        for first, second in _pairs(concepts, seed):
            one, other = rows[0][first], rows[0][second]
            same = np.intersect1d(labels.fold[one], labels.fold[other], return_indices=True)
            found[first, second] = matrix[one[same[1]], other[same[2]]]
    else:
        for concept in concepts:
            one, other = rows[0][concept], rows[1][concept]
            if compared == "between":
                found[concept, concept] = matrix[np.ix_(one, other)].ravel()
            elif len(one) > 1:
                found[concept, concept] = matrix[np.ix_(one, one)][np.triu_indices(len(one), 1)]
    values = np.array([np.nan_to_num(each).mean() for each in found.values()])
    groups = np.array(list(found), dtype=np.int64).reshape(-1, 2)
    empty = sum(int(np.isnan(each).sum()) for each in found.values())
    return Overlaps(groups, values, sum(map(len, found.values())), empty)


def fold_interval(matrix: np.ndarray, resamples: int = RESAMPLES, seed: int = 0) -> tuple[float, float]:
    """95 % percentile bootstrap interval of one concept's mean Jaccard, folds drawn with replacement.

    `matrix` is `[folds, folds]`; a fold is never held against itself. NaN with fewer than three folds.
    """
    folds = len(matrix)
    if folds < 3:
        return math.nan, math.nan
    drawn = np.random.default_rng(seed).multinomial(folds, np.full(folds, 1 / folds), resamples)
    first, second = np.triu_indices(folds, 1)
    weights = (drawn[:, first] * drawn[:, second]).astype(np.float64)
    total = weights.sum(axis=1)
    return percentile_interval(
        (weights @ np.nan_to_num(matrix[first, second])) / np.where(total, total, np.nan)
    )


def _pairs(concepts: Sequence[int], seed: int) -> list[tuple[int, int]]:
    first, second = np.triu_indices(len(concepts), 1)
    chosen = np.arange(len(first))
    if len(chosen) > MOST_PAIRS:
        chosen = np.sort(np.random.default_rng(seed).choice(len(first), MOST_PAIRS, replace=False))
    return [(concepts[first[i]], concepts[second[i]]) for i in chosen.tolist()]

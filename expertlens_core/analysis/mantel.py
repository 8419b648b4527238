"""The Mantel test: do two complete matrices of the same concepts agree?"""

from dataclasses import dataclass

import numpy as np

from ..errors import InputError
from .ranks import standard_ranks

PERMUTATIONS = 9_999


@dataclass(frozen=True)
class Mantel:
    """Rank correlation of two matrices over all pairs, tested by shuffling concepts."""

    rho: float
    """Spearman's rho over the pairs of two different concepts."""
    p: float
    """Two-sided: (1 + #{|shuffled rho| >= |rho|}) / (1 + permutations)."""
    concepts: int
    permutations: int


def mantel(
    first: np.ndarray, second: np.ndarray, *, permutations: int = PERMUTATIONS, seed: int = 0
) -> Mantel:
    """Mantel test with Spearman's rho of two symmetric matrices `[concepts, concepts]`; diagonals are not
    read.

    The pairs of a complete matrix are not independent (a concept with few experts is unlike all others), so
    rows and columns of one matrix are shuffled together: a pair test would reject true null hypotheses far
    more often than its level. Raises InputError for fewer than 4 concepts, unequal shapes, a NaN or no
    symmetry. Source: Mantel 1967; docs/method.md, section 6.
    """
    rows, columns = _pairs(first, second)
    ranked = standard_ranks(np.vstack([first[rows, columns], second[rows, columns]]))
    rho = float(ranked[0] @ ranked[1])
    if np.isnan(rho):
        return Mantel(rho, float("nan"), len(first), permutations)
    count = len(first)
    whole = np.zeros((count, count))
    whole[rows, columns] = whole[columns, rows] = ranked[1]
    rng = np.random.default_rng(seed)
    at_least = 0
    for _ in range(permutations):
        order = rng.permutation(count)
        shuffled = whole[order[rows], order[columns]]
        at_least += bool(abs(float(ranked[0] @ shuffled)) >= abs(rho) - 1e-12)
    return Mantel(rho, (1 + at_least) / (1 + permutations), count, permutations)


def _pairs(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    if first.ndim != 2 or first.shape != second.shape or first.shape[0] != first.shape[1]:
        raise InputError(
            f"matrices of shape {first.shape} and {second.shape}: a Mantel test compares two square matrices "
            "of the same concepts"
        )
    if len(first) < 4:
        raise InputError(f"{len(first)} concepts: a Mantel test needs at least 4")
    rows, columns = np.triu_indices(len(first), 1)
    for matrix in (first, second):
        if np.isnan(matrix[rows, columns]).any():
            raise InputError("a matrix holds a NaN: a Mantel test needs complete matrices")
        if not np.array_equal(matrix[rows, columns], matrix[columns, rows]):
            raise InputError("a matrix is not symmetric: a Mantel test compares similarities")
    return rows, columns

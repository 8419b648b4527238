"""Statistics of ranks: Spearman's rho with its permutation test and bootstrap, the Mantel test, and AUROC."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..errors import InputError

PERMUTATIONS = 10_000
RESAMPLES = 10_000
_SHUFFLED_CELLS = 4_000_000
_DRAWN_CELLS = 2_000_000


def standard_ranks(rows: np.ndarray) -> np.ndarray:
    """`[..., pairs]` mid-ranks, centred and of length 1: rho is their dot product; NaN for a constant row."""
    from scipy.stats import rankdata

    ranks = rankdata(rows, axis=-1)
    ranks -= ranks.mean(axis=-1, keepdims=True)
    length = np.sqrt((ranks * ranks).sum(axis=-1, keepdims=True))
    return np.divide(ranks, length, out=np.full_like(ranks, np.nan), where=length > 1e-9)


def spearman(values: np.ndarray, human: np.ndarray) -> np.ndarray:
    """`[measures]` Spearman's rho of each row of `values` `[measures, pairs]` with `human` `[pairs]`.

    Ties share their mean rank; NaN for a constant row. Raises InputError for fewer than 3 pairs or a NaN.
    """
    rows = standard_ranks(_checked_rows(values, human))
    return np.einsum("mp,p->m", rows[1:], rows[0])


def permutation_p(
    values: np.ndarray, human: np.ndarray, *, permutations: int = PERMUTATIONS, seed: int = 0
) -> np.ndarray:
    """`[measures]` two-sided p of each rho, from judgments shuffled over the pairs; NaN for a constant row.

    p = (1 + #{|shuffled rho| >= |rho|}) / (1 + permutations). It holds for independent pairs; for all pairs
    of a matrix use `mantel`.
    """
    rows = standard_ranks(_checked_rows(values, human))
    observed = np.abs(np.einsum("mp,p->m", rows[1:], rows[0]))
    if not rows[1:].size:
        return observed
    rng = np.random.default_rng(seed)
    at_least = np.zeros(len(observed))
    step = max(1, _SHUFFLED_CELLS // len(human))
    for start in range(0, permutations, step):
        count = min(step, permutations - start)
        shuffled = rng.permuted(np.tile(rows[0], (count, 1)), axis=1)
        at_least += (np.abs(rows[1:] @ shuffled.T) >= observed[:, None] - 1e-12).sum(axis=1)
    return np.where(np.isnan(observed), np.nan, (1 + at_least) / (1 + permutations))


def bootstrap_rhos(
    values: np.ndarray, human: np.ndarray, *, resamples: int = RESAMPLES, seed: int = 0
) -> np.ndarray:
    """`[resamples, measures]` Spearman's rho in resamples of the pairs, drawn with replacement.

    Each resample is ranked anew. All measures see the same resamples, so that differences between columns are
    paired. NaN where a resample holds one value only. Arguments and errors as `spearman`.
    Source: docs/method.md, section 6 (percentile bootstrap over pairs).
    """
    return _resampled(values, human, lambda rng, count: _times(rng, count, human.shape[-1]), resamples, seed)


def bootstrap_rhos_of_concepts(
    values: np.ndarray,
    human: np.ndarray,
    first: np.ndarray,
    second: np.ndarray,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> np.ndarray:
    """`bootstrap_rhos` where the pairs are all pairs of some concepts: concepts are drawn, not pairs.

    `first` and `second` `[pairs]` number the concepts of each pair from 0. A pair occurs as often as the
    product of its concepts' counts; a concept drawn twice is not paired with itself. Resampling the pairs of
    a complete matrix would treat dependent pairs as independent.
    """
    concepts = int(max(first.max(), second.max())) + 1

    def draw(rng: np.random.Generator, count: int) -> np.ndarray:
        times = _times(rng, count, concepts)
        return times[:, first] * times[:, second]

    return _resampled(values, human, draw, resamples, seed)


def percentile_interval(samples: np.ndarray) -> tuple[float, float]:
    """95 % percentile interval of resamples; NaN entries (constant resamples) are left out."""
    kept = samples[~np.isnan(samples)]
    if not len(kept):
        return float("nan"), float("nan")
    tail = (1 - 0.95) / 2
    low, high = np.quantile(kept, [tail, 1 - tail])
    return float(low), float(high)


def auroc(likeness: np.ndarray, related: np.ndarray) -> float:
    """Chance that a related pair is more alike than another, ties counting half.

    `likeness` `[pairs]` is large where alike, `related` is bool. Raises InputError when no pair is related,
    or all.
    """
    from scipy.stats import rankdata

    positives = int(np.count_nonzero(related))
    if not 0 < positives < len(related):
        raise InputError(
            f"{positives} of {len(related)} pairs are related: an AUROC needs related and unrelated pairs"
        )
    ranks = rankdata(likeness)[related]
    return float((ranks.sum() - positives * (positives + 1) / 2) / (positives * (len(related) - positives)))


def _times(rng: np.random.Generator, count: int, things: int) -> np.ndarray:
    """`[count, things]` how often each of `things` occurs in draws of as many, with replacement."""
    rows = rng.integers(0, things, (count, things))
    rows += np.arange(count)[:, None] * things
    return np.bincount(rows.ravel(), minlength=count * things).reshape(count, things)


def _resampled(
    values: np.ndarray,
    human: np.ndarray,
    draw: Callable[[np.random.Generator, int], np.ndarray],
    resamples: int,
    seed: int,
) -> np.ndarray:
    """Rho in resamples of any kind; `draw(rng, count)` gives `[count, pairs]` how often each pair occurs."""
    if resamples < 1:
        raise InputError(f"{resamples} resamples: expected at least 1")
    rows = _checked_rows(values, human)
    from .kernels import resampled_rhos

    distinct = [np.unique(row, return_inverse=True) for row in rows]
    groups = np.array([inverse for _, inverse in distinct], dtype=np.int64)
    sizes = np.array([len(found) for found, _ in distinct], dtype=np.int64)
    rng = np.random.default_rng(seed)
    out = np.empty((resamples, len(rows) - 1))
    step = max(1, _DRAWN_CELLS // rows.shape[1])
    for start in range(0, resamples, step):
        part = out[start : start + step]
        resampled_rhos(draw(rng, len(part)), groups, sizes, part)
    return out


def _checked_rows(values: np.ndarray, human: np.ndarray) -> np.ndarray:
    """`[1 + measures, pairs]` judgments on top of the measures."""
    if values.ndim != 2 or human.ndim != 1 or values.shape[1] != len(human):
        raise InputError(
            f"similarity of shape {values.shape} for judgments of shape {human.shape}: expected one row per "
            "measure and one column per judged pair"
        )
    if len(human) < 3:
        raise InputError(f"{len(human)} judged pairs are covered: a rank correlation needs at least 3")
    rows = np.vstack([human, values]).astype(np.float64)
    if np.isnan(rows).any():
        raise InputError("a similarity or judgment is NaN: leave such pairs out, and count them")
    return rows


@dataclass(frozen=True)
class Mantel:
    """Rank correlation of two matrices over all pairs, tested by shuffling concepts."""

    rho: float
    """Spearman's rho over the pairs of two different concepts."""
    p: float
    """Two-sided: (1 + #{|shuffled rho| >= |rho|}) / (1 + permutations)."""


def mantel(first: np.ndarray, second: np.ndarray, *, permutations: int = 9_999, seed: int = 0) -> Mantel:
    """Mantel test with Spearman's rho of two symmetric matrices `[concepts, concepts]`; diagonals are not
    read.

    The pairs of a complete matrix are not independent (a concept with few experts is unlike all others), so
    rows and columns of one matrix are shuffled together: a pair test would reject true null hypotheses far
    more often than its level. Raises InputError for fewer than 4 concepts, unequal shapes, a NaN or no
    symmetry. Source: Mantel 1967; docs/method.md, section 6.
    """
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
    ranked = standard_ranks(np.vstack([first[rows, columns], second[rows, columns]]))
    rho = float(ranked[0] @ ranked[1])
    if np.isnan(rho):
        return Mantel(rho, float("nan"))
    count = len(first)
    whole = np.zeros((count, count))
    whole[rows, columns] = whole[columns, rows] = ranked[1]
    rng = np.random.default_rng(seed)
    at_least = 0
    for _ in range(permutations):
        order = rng.permutation(count)
        shuffled = whole[order[rows], order[columns]]
        at_least += bool(abs(float(ranked[0] @ shuffled)) >= abs(rho) - 1e-12)
    return Mantel(rho, (1 + at_least) / (1 + permutations))

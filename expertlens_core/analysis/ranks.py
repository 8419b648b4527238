"""Statistics of ranks: Spearman's rho, its permutation p, AUROC."""

from __future__ import annotations

import numpy as np

from ..errors import InputError
from .bootstrap import checked_rows

PERMUTATIONS = 10_000
_CELLS = 4_000_000


def standard_ranks(rows: np.ndarray) -> np.ndarray:
    """`[..., pairs]` mid-ranks, centred and of length 1, so that rho is a plain product.

    A constant row has no ranks to speak of and becomes NaN.
    """
    from scipy.stats import rankdata

    ranks = rankdata(rows, axis=-1)
    ranks -= ranks.mean(axis=-1, keepdims=True)
    length = np.sqrt((ranks * ranks).sum(axis=-1, keepdims=True))
    return np.divide(ranks, length, out=np.full_like(ranks, np.nan), where=length > 1e-9)


def spearman(values: np.ndarray, human: np.ndarray) -> np.ndarray:
    """Spearman's rho of each row of `values` `[measures, pairs]` with `human` `[pairs]`; ties share ranks.

    Returns:
        `[measures]`; NaN for a constant row.

    Raises:
        InputError: fewer than 3 pairs, a NaN, or shapes that do not fit.
    """
    rows = standard_ranks(checked_rows(values, human))
    return np.einsum("mp,p->m", rows[1:], rows[0])


def permutation_p(
    values: np.ndarray, human: np.ndarray, *, permutations: int = PERMUTATIONS, seed: int = 0
) -> np.ndarray:
    """Two-sided p of each rho: judgments shuffled over the pairs.

    p = (1 + #{|shuffled rho| >= |rho|}) / (1 + permutations). For independent pairs; for all pairs of a
    matrix use `mantel`.

    Returns:
        `[measures]`; NaN for a constant row.
    """
    rows = standard_ranks(checked_rows(values, human))
    observed = np.abs(np.einsum("mp,p->m", rows[1:], rows[0]))
    if not rows[1:].size:
        return observed
    rng = np.random.default_rng(seed)
    at_least = np.zeros(len(observed))
    step = max(1, _CELLS // len(human))
    for start in range(0, permutations, step):
        count = min(step, permutations - start)
        shuffled = rng.permuted(np.tile(rows[0], (count, 1)), axis=1)
        at_least += (np.abs(rows[1:] @ shuffled.T) >= observed[:, None] - 1e-12).sum(axis=1)
    return np.where(np.isnan(observed), np.nan, (1 + at_least) / (1 + permutations))


def auroc(likeness: np.ndarray, related: np.ndarray) -> float:
    """Chance that a related pair is more alike than another, ties counting half.

    Args:
        likeness: `[pairs]`, large where alike.
        related: `[pairs]` bool.

    Raises:
        InputError: when no pair is related, or all are.
    """
    from scipy.stats import rankdata

    positives = int(np.count_nonzero(related))
    if not 0 < positives < len(related):
        raise InputError(
            f"{positives} of {len(related)} pairs are related: an AUROC needs related and unrelated pairs"
        )
    ranks = rankdata(likeness)[related]
    return float((ranks.sum() - positives * (positives + 1) / 2) / (positives * (len(related) - positives)))

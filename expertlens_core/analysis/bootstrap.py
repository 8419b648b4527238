"""The percentile bootstrap of rank correlations, over pairs or over concepts."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ..errors import InputError

RESAMPLES = 10_000
_CELLS = 2_000_000


def bootstrap_rhos(
    values: np.ndarray, human: np.ndarray, *, resamples: int = RESAMPLES, seed: int = 0
) -> np.ndarray:
    """Spearman's rho of every measure in resamples of the pairs, drawn with replacement.

    Each resample is ranked anew, ties sharing their mean rank, exactly as ranking its values from scratch
    would. All measures see the same resamples, so that differences between columns are paired.

    Args:
        values: `[measures, pairs]` similarity.
        human: `[pairs]` judgments.
        resamples: how many.
        seed: of the draw.

    Returns:
        `[resamples, measures]` rho; NaN where a resample holds one value only.

    Raises:
        InputError: fewer than 3 pairs, a NaN, or shapes that do not fit.

    Source: METHOD section 6 (percentile bootstrap over pairs).
    """
    pairs = human.shape[-1]

    def draw(rng: np.random.Generator, count: int) -> np.ndarray:
        rows = rng.integers(0, pairs, (count, pairs))
        rows += np.arange(count)[:, None] * pairs
        return np.bincount(rows.ravel(), minlength=count * pairs).reshape(count, pairs)

    return resampled(values, human, draw, resamples, seed)


def bootstrap_rhos_of_concepts(
    values: np.ndarray,
    human: np.ndarray,
    first: np.ndarray,
    second: np.ndarray,
    *,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> np.ndarray:
    """The same where the pairs are all pairs of some concepts: concepts are drawn, not pairs.

    A pair occurs as often as the product of its concepts' counts; a concept drawn twice is not paired with
    itself. Resampling the pairs of a complete matrix would treat dependent pairs as independent ones.

    Args:
        values: `[measures, pairs]` similarity.
        human: `[pairs]` judgments.
        first: `[pairs]` number of each pair's first concept, from 0.
        second: `[pairs]` number of its second concept.
        resamples: how many.
        seed: of the draw.

    Returns:
        `[resamples, measures]` rho.
    """
    concepts = int(max(first.max(), second.max())) + 1

    def draw(rng: np.random.Generator, count: int) -> np.ndarray:
        rows = rng.integers(0, concepts, (count, concepts))
        rows += np.arange(count)[:, None] * concepts
        times = np.bincount(rows.ravel(), minlength=count * concepts).reshape(count, concepts)
        return times[:, first] * times[:, second]

    return resampled(values, human, draw, resamples, seed)


def resampled(
    values: np.ndarray,
    human: np.ndarray,
    draw: Callable[[np.random.Generator, int], np.ndarray],
    resamples: int,
    seed: int,
) -> np.ndarray:
    """Rho in resamples of any kind; `draw(rng, count)` gives `[count, pairs]` how often each pair occurs."""
    if resamples < 1:
        raise InputError(f"{resamples} resamples: expected at least 1")
    rows = checked_rows(values, human)
    from .bootstrap_kernel import resampled_rhos

    distinct = [np.unique(row, return_inverse=True) for row in rows]
    groups = np.array([inverse for _, inverse in distinct], dtype=np.int64)
    sizes = np.array([len(found) for found, _ in distinct], dtype=np.int64)
    rng = np.random.default_rng(seed)
    out = np.empty((resamples, len(rows) - 1))
    step = max(1, _CELLS // rows.shape[1])
    for start in range(0, resamples, step):
        part = out[start : start + step]
        resampled_rhos(draw(rng, len(part)), groups, sizes, part)
    return out


def checked_rows(values: np.ndarray, human: np.ndarray) -> np.ndarray:
    """`[1 + measures, pairs]` judgments on top of the measures, after checks."""
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


def percentile_interval(samples: np.ndarray, level: float = 0.95) -> tuple[float, float]:
    """Percentile interval of one column of resamples; NaN entries (constant resamples) are left out."""
    kept = samples[~np.isnan(samples)]
    if not len(kept):
        return float("nan"), float("nan")
    tail = (1 - level) / 2
    low, high = np.quantile(kept, [tail, 1 - tail])
    return float(low), float(high)

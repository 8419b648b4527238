"""The AP and AUROC of one unit from its responses, and a bootstrap interval that is stratified by set."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..errors import InputError
from .chance import positive_weight
from .ties import TOLERANCE, WIDTH

DRAWS = 2_000
SHARE = 0.95
"""Of the draws that an interval holds."""


@dataclass(frozen=True)
class Interval:
    """A number with the interval that holds 95 % of its bootstrap draws."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class UnitRanks:
    """How well one unit tells the two sets of a concept apart."""

    ap: Interval
    auroc: Interval
    positives: int
    negatives: int


def unit_ranks(
    on: np.ndarray, off: np.ndarray, *, reweighted: bool = False, draws: int = DRAWS, seed: int = 0
) -> UnitRanks:
    """AP and AUROC of one unit with stratified bootstrap intervals.

    Sentences are drawn anew, with replacement, within the positive and within the negative set, so that every draw
    has the prevalence of the sets; ties are those of all responses together (see `ties`). Percentile interval.

    Args:
        on, off: `[positives]`, `[negatives]` responses, finite.
        reweighted: read AP at prevalence 2/7.
        draws: 0 gives values whose intervals are NaN.
        seed: of the draws.

    Raises InputError for an empty set or a response that is no number. Source: docs/method.md, section 4.
    """
    weight = positive_weight(len(on), len(off))
    if not (np.isfinite(on).all() and np.isfinite(off).all()):
        raise InputError("a unit has NaN or infinite responses: load the model in float32 or bfloat16")
    levels_on, levels_off = tie_levels(on, off)
    count = 1 + max(int(levels_on.max()), int(levels_off.max()))
    generator = np.random.default_rng(seed)
    hits = _counts(levels_on, count, draws, generator)
    misses = _counts(levels_off, count, draws, generator)
    ap, auroc = _ranks(hits, misses, weight if reweighted else 1.0)
    return UnitRanks(_interval(ap), _interval(auroc), len(on), len(off))


def tie_levels(on: np.ndarray, off: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """`[positives]` and `[negatives]` int64 level of each response, the lowest first, by the rule of `ties`."""
    values = np.concatenate([on, off]).astype(np.float64)
    order = np.argsort(values, kind="stable")
    quartiles = np.sort(off)[[len(off) // 4, 3 * len(off) // 4]].astype(np.float64)
    scale = float(np.abs(quartiles).max())
    ascending = values[order]
    far = np.diff(ascending) > TOLERANCE * np.maximum(np.abs(ascending[1:]), scale)
    run = np.concatenate([[0], np.cumsum(far)])
    start = ascending[np.searchsorted(run, run)]
    width = WIDTH * TOLERANCE * np.maximum(np.abs(start), scale)
    steps = ((ascending - start) / np.where(width > 0, width, 1.0)).astype(np.int64)
    new = (np.diff(run) > 0) | (np.diff(steps) > 0)
    levels = np.empty(len(values), dtype=np.int64)
    levels[order] = np.concatenate([[0], np.cumsum(new)])
    return levels[: len(on)], levels[len(on) :]


def _counts(levels: np.ndarray, count: int, draws: int, generator: np.random.Generator) -> np.ndarray:
    """`[1 + draws, levels]` sentences at each level, the strongest first: as they are, then in each draw."""
    size = len(levels)
    order = np.argsort(-levels, kind="stable")
    drawn = np.ones((1 + draws, size))
    drawn[1:] = generator.multinomial(size, np.full(size, 1 / size), size=draws)
    places, starts = np.unique(-levels[order], return_index=True)
    found = np.zeros((1 + draws, count))
    found[:, count - 1 + places] = np.add.reduceat(drawn[:, order], starts, axis=1)
    return found


def _ranks(hits: np.ndarray, misses: np.ndarray, weight: float) -> tuple[np.ndarray, np.ndarray]:
    """`[draws]` AP and AUROC, from `[draws, levels]` positives and negatives at each level, the strongest first."""
    positives, negatives = hits[0].sum(), misses[0].sum()
    found, wrong = np.cumsum(hits, axis=1), np.cumsum(misses, axis=1)
    precision = weight * found / np.maximum(weight * found + wrong, 1e-300)
    ap = (hits * precision).sum(axis=1) / positives
    won = hits * (negatives - wrong + misses / 2)
    return ap, won.sum(axis=1) / (positives * negatives)


def _interval(values: np.ndarray) -> Interval:
    if len(values) == 1:
        return Interval(float(values[0]), float("nan"), float("nan"))
    low, high = np.quantile(values[1:], [(1 - SHARE) / 2, (1 + SHARE) / 2])
    return Interval(float(values[0]), float(low), float(high))

"""Slow references, written from the definitions."""

import numpy as np
from sklearn.metrics import average_precision_score, roc_auc_score

from expertlens_core.experts.ties import TOLERANCE, WIDTH


def slow_ranks(on: np.ndarray, off: np.ndarray, weight: float = 1.0) -> tuple[float, float]:
    """AP and AUROC of one unit: every threshold, every pair."""
    ap = reached = 0.0
    for threshold in sorted({float(value) for value in [*on, *off]}, reverse=True):
        hits, misses = np.count_nonzero(on >= threshold), np.count_nonzero(off >= threshold)
        recall = hits / len(on)
        ap += (recall - reached) * weight * hits / (weight * hits + misses)
        reached = recall
    won = sum((x > y) + 0.5 * (x == y) for x in on for y in off)
    return ap, won / (len(on) * len(off))


def sklearn_ranks(on: np.ndarray, off: np.ndarray) -> np.ndarray:
    """`[2, units]` AP and AUROC by scikit-learn."""
    labels = np.r_[np.ones(len(on)), np.zeros(len(off))]
    values = np.concatenate([on, off])
    metrics = average_precision_score, roc_auc_score
    with np.errstate(over="ignore", invalid="ignore"):
        return np.array([[metric(labels, column) for column in values.T] for metric in metrics])


def tied(on: np.ndarray, off: np.ndarray, tolerance: float = TOLERANCE) -> tuple[np.ndarray, np.ndarray]:
    """Each response of `[sentences, units]` made the smallest one of its level, by the rule of `ties`."""
    pairs = [_tied(x, y, tolerance) for x, y in zip(on.T, off.T)]
    return tuple(np.stack(part, axis=1) for part in zip(*pairs))


def _tied(on, off, tolerance):
    ordered = np.sort(off)
    scale = max(abs(float(ordered[len(off) // 4])), abs(float(ordered[3 * len(off) // 4])))
    values = np.concatenate([on, off]).astype(np.float64)
    result = values.copy()
    first = last = level = -np.inf
    number = 0
    for place in np.argsort(values, kind="stable"):
        value = values[place]
        if value - last > tolerance * max(abs(value), scale):
            first = level = value
            number = 0
        else:
            step = int((value - first) / (WIDTH * tolerance * max(abs(first), scale) or 1.0))
            if step != number:
                number, level = step, value
        last = value
        result[place] = level
    return result[: len(on)], result[len(on) :]

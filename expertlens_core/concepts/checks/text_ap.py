"""Average precision of a score that rests on the text alone, to lay beside a unit's."""

from collections.abc import Sequence

import numpy as np


def average_precision(on: Sequence[float], off: Sequence[float]) -> float:
    """AP, ties grouped, as scikit-learn defines it; the prevalence for a constant score.

    AP = sum over distinct scores, from the top, of (gain in recall) x precision. For one score of a few thousand
    sentences; units are scored by `experts.score`.

    Args:
        on: `[positives]` scores.
        off: `[negatives]` scores.

    Raises:
        ValueError: without a positive.
    """
    if not len(on):
        raise ValueError("average precision needs a positive: there is none")
    scores = np.concatenate([np.asarray(on, float), np.asarray(off, float)])
    positive = np.arange(len(scores)) < len(on)
    order = np.argsort(-scores, kind="stable")
    scores, positive = scores[order], positive[order]
    last = np.flatnonzero(np.append(np.diff(scores) != 0, True))
    hits = np.cumsum(positive)[last]
    gained = np.diff(hits, prepend=0) / len(on)
    return float(np.sum(gained * hits / (last + 1)))


def either_way(on: Sequence[float], off: Sequence[float]) -> float:
    """The larger AP of a score and of its opposite: a unit can answer to either."""
    ap = average_precision(on, off)
    return max(ap, average_precision([-each for each in on], [-each for each in off]))

"""Ties: responses that differ only by floating-point noise are ranked as one.

A causal model gives the same value to every sentence that begins with the same word, and a unit that sees only
the token gives it to every sentence with the same strongest token. The shape of a batch, the padding, the number
of threads or the device then part these equal values by a few units in their last place, in an order that is
chance, and AP follows that order.

**Rule**, per unit, on the responses to its two sets together. Sorted upwards, two neighbours u <= v are *near*
when v - u <= TOLERANCE x max(|v|, m), where m is the larger absolute value of the lower and upper quartile of
the unit's negatives. A run of near neighbours that begins at a is cut into levels of
WIDTH x TOLERANCE x max(|a|, m), counted from a; the responses of one level are ranked as equal. Because a level
begins at a response, noise seldom parts one, as it parts values beside the edge of a fixed grid; because it has a
width, the responses of a unit that hardly varies do not all melt into one.

The rule is the same for every number format. Means, quantiles and deviations use the responses as they are.
"""

from __future__ import annotations

import numpy as np

TOLERANCE = 2.0**-15
"""Three times the noise of 99.9 % of the units in float32 (docs/method.md)."""
WIDTH = 8.0
"""Of a level, in tolerances."""


def tied(on: np.ndarray, off: np.ndarray, tolerance: float = TOLERANCE) -> tuple[np.ndarray, np.ndarray]:
    """One unit's responses with ties made equal: each becomes the smallest response of its level.

    The slow reference of `kernel.group_ties` and `device_statistics`.

    Args:
        on: `[positives]` responses.
        off: `[negatives]`.
        tolerance: see the rule; 0 leaves them as they are.
    """
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
        elif tolerance:
            step = int((value - first) / (WIDTH * tolerance * max(abs(first), scale) or 1.0))
            if step != number:
                number, level = step, value
        last = value
        result[place] = level
    return result[: len(on)], result[len(on) :]

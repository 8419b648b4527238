"""Statistics of the units' mean responses over tokens, for rules that move every token (AcT)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..models.units import Units

_BLOCK = 4096
"""Units sorted at once."""


@dataclass(frozen=True, eq=False)
class Side:
    """One set of sentences; every array is `[units]` float32."""

    mean: np.ndarray
    std: np.ndarray
    """Unbiased."""
    lowest: np.ndarray
    highest: np.ndarray
    quantile_mean: np.ndarray
    """Mean of the quantiles that the line is fitted to."""
    slope: np.ndarray
    """Of the least-squares line from this set's quantiles to the other's; 1 where this set does not vary."""


@dataclass(frozen=True, eq=False)
class TokenStatistics:
    """Statistics of responses pooled by the mean over tokens (docs/method.md, section 9)."""

    concept: str
    """Key of the concept."""
    on: Side
    """The positive set."""
    off: Side
    """The negative set."""


def token_statistics(units: Units, concept: str, on: Sequence[Any], off: Sequence[Any]) -> TokenStatistics:
    """The statistics of two sets of responses.

    The lines are fitted to as many quantiles of each set as the smaller one has sentences, at (i + 1/2) / n: with
    equal sizes these are the sorted responses.

    Args:
        units: table of units.
        concept: key of the concept.
        on: per module, `[positives, width]` responses pooled by the mean; numpy, or torch on any device.
        off: per module, `[negatives, width]`.

    Source: Rodriguez et al. 2024, arXiv 2410.23054.
    """
    columns: list[list[np.ndarray]] = [[] for _ in range(12)]
    for module, ours, theirs in zip(units.modules, on, off):
        for first in range(0, module.width, _BLOCK):
            sides = [_numbers(each[:, first : first + _BLOCK]) for each in (ours, theirs)]
            for column, values in zip(columns, _statistics(*sides)):
                column.append(values.astype(np.float32))
    made = [np.concatenate(column) for column in columns]
    return TokenStatistics(concept, Side(*made[:6]), Side(*made[6:]))


def _numbers(values: Any) -> np.ndarray:
    return np.asarray(values if isinstance(values, np.ndarray) else values.cpu(), dtype=np.float64)


def _statistics(on: np.ndarray, off: np.ndarray) -> list[np.ndarray]:
    on, off = np.sort(on, axis=0), np.sort(off, axis=0)
    at = (np.arange(min(len(on), len(off))) + 0.5) / min(len(on), len(off))
    fitted = [
        each if len(each) == len(at) else np.quantile(each, at, axis=0, method="hazen") for each in (on, off)
    ]
    means = [each.mean(axis=0) for each in fitted]
    centred = [each - mean for each, mean in zip(fitted, means)]
    shared = (centred[0] * centred[1]).sum(axis=0)
    found: list[np.ndarray] = []
    for values, mean, own in zip((on, off), means, centred):
        spread = (own**2).sum(axis=0)
        slope = np.divide(shared, spread, out=np.ones_like(shared), where=spread > 0)
        found += [values.mean(axis=0), values.std(axis=0, ddof=1), values[0], values[-1], mean, slope]
    return found

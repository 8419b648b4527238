"""Prevalence: the average precision of a constant unit, and what makes unequal prevalences comparable."""

from __future__ import annotations

from ..errors import InputError

REFERENCE = 2 / 7
"""The paper's sets: 400 positives among 1,400 sentences."""


def prevalence(positives: int, negatives: int) -> float:
    """Positives / all: the AP of a unit that tells nothing."""
    if positives < 1 or negatives < 1:
        raise InputError(
            f"{positives} positive and {negatives} negative sentences: expertise needs at least one of each"
        )
    return positives / (positives + negatives)


def positive_weight(positives: int, negatives: int, target: float = REFERENCE) -> float:
    """How often each positive must count so that positives / all becomes `target`.

    w = target / (1 - target) * negatives / positives; with it, the precision at a threshold is
    w TP / (w TP + FP), and recall stays as it was. Exactly 1.0 where the prevalence is `target` already.

    Raises:
        InputError: without a positive or a negative, or for a target outside (0, 1).
    """
    actual = prevalence(positives, negatives)
    if not 0 < target < 1:
        raise InputError(f"prevalence {target} to reweight to: expected a number between 0 and 1")
    if abs(actual - target) < 1e-12:
        return 1.0
    return target / (1 - target) * negatives / positives

"""Causal effects: how much steering raises the prevalence of related words, per concept and over all of them.

All numbers are percentage points of a text's content words. Texts are paired with the originals that drew the same
random numbers. Source: the paper's appendix B; docs/method.md, section 10.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from .related_prevalence import WordSet
from .sign_flip import PERMUTATIONS, RESAMPLES, holm, mean_interval, sign_flip_p

ALPHA = 0.05
"""A corrected p below it is called significant."""


@dataclass(frozen=True)
class Effect:
    """Of one intervention on the words of one concept, over paired texts."""

    concept: str
    kind: str
    """``steered``, ``random`` or ``other``."""
    words: WordSet
    texts: int
    original: float
    """Mean prevalence in the original texts."""
    effect: float
    """Mean of intervened - original."""
    ci_low: float
    ci_high: float
    p: float
    """Of the two-sided sign-flip test."""
    p_corrected: float
    """By Holm's method, over the concepts."""
    draws: tuple[float, ...] = ()
    """Of random units: the effect of each draw of them."""

    @property
    def significant(self) -> bool:
        """Whether the corrected p lies below `ALPHA`."""
        return self.p_corrected < ALPHA


@dataclass(frozen=True)
class Overall:
    """An intervention's effects over all concepts."""

    kind: str
    words: WordSet
    concepts: int
    original: float
    effect: float
    """Mean over the concepts."""
    ci_low: float
    """Of resampled concepts."""
    ci_high: float
    rising: int
    """Concepts with an effect above 0."""
    significantly_rising: int
    significantly_falling: int
    draws: tuple[float, ...] = ()
    """Of random units: the mean effect of each draw."""
    draws_rising: tuple[int, ...] = ()


@dataclass(frozen=True)
class DoseResponse:
    """How the prevalence grows with the strength, over texts that were written at every share of it."""

    concept: str
    words: WordSet
    texts: int
    shares: tuple[float, ...]
    """Of the concept's strength, from 0 (the original) to 1."""
    prevalences: tuple[float, ...]
    """Mean at each share."""
    slope: float
    """Points per whole strength: the mean of each text's least-squares slope."""
    ci_low: float
    ci_high: float
    p: float
    p_corrected: float

    @property
    def significant(self) -> bool:
        """Whether the corrected p lies below `ALPHA`."""
        return self.p_corrected < ALPHA


def effects(
    kind: str,
    words: WordSet,
    originals: Mapping[str, np.ndarray],
    intervened: Mapping[str, np.ndarray],
    *,
    draws: Sequence[int] = (),
    permutations: int = PERMUTATIONS,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> list[Effect]:
    """The effect on each concept, in the order of `originals`.

    Args:
        originals, intervened: concept → `[texts]` prevalence, paired.
        draws: `[texts]` number of the draw of random units behind each text; empty for one draw.
    """
    concepts = list(originals)
    differences = np.stack([intervened[key] - originals[key] for key in concepts], axis=1)
    low, high = mean_interval(differences, resamples=resamples, seed=seed)
    p = sign_flip_p(differences, permutations=permutations, seed=seed)
    corrected, number = holm(p), np.asarray(draws)
    of_draws = [differences[number == draw].mean(axis=0) for draw in sorted(set(draws))]
    return [
        Effect(
            key, kind, words, len(differences), float(originals[key].mean()), float(differences[:, i].mean()),
            float(low[i]), float(high[i]), float(p[i]), float(corrected[i]),
            tuple(float(each[i]) for each in of_draws),
        )
        for i, key in enumerate(concepts)
    ]  # fmt: skip


def overall(some: Sequence[Effect], *, resamples: int = RESAMPLES, seed: int = 0) -> Overall:
    """The effects of one intervention on one set of words, over the concepts."""
    values = np.array([[each.effect] for each in some])
    low, high = mean_interval(values, resamples=resamples, seed=seed)
    draws = np.array([each.draws for each in some])
    return Overall(
        some[0].kind,
        some[0].words,
        len(some),
        float(np.mean([each.original for each in some])),
        float(values.mean()),
        float(low[0]),
        float(high[0]),
        sum(each.effect > 0 for each in some),
        sum(each.effect > 0 and each.significant for each in some),
        sum(each.effect < 0 and each.significant for each in some),
        tuple(draws.mean(axis=0).tolist()),
        tuple((draws > 0).sum(axis=0).tolist()),
    )


def dose_responses(
    words: WordSet,
    curves: Mapping[str, np.ndarray],
    shares: Sequence[float],
    *,
    permutations: int = PERMUTATIONS,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> list[DoseResponse]:
    """The trend of each concept: every text's own slope over the strength, tested for a common sign.

    Args:
        curves: concept → `[texts, shares]` prevalence of the same text at every share.
        shares: of the strength.
    """
    centred = np.asarray(shares) - np.mean(shares)
    slopes = np.stack([curve @ centred / (centred @ centred) for curve in curves.values()], axis=1)
    low, high = mean_interval(slopes, resamples=resamples, seed=seed)
    p = sign_flip_p(slopes, permutations=permutations, seed=seed)
    corrected = holm(p)
    return [
        DoseResponse(
            key, words, len(curve), tuple(shares), tuple(curve.mean(axis=0).tolist()),
            float(slopes[:, i].mean()), float(low[i]), float(high[i]), float(p[i]), float(corrected[i]),
        )
        for i, (key, curve) in enumerate(curves.items())
    ]  # fmt: skip

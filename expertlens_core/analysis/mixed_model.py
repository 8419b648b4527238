"""The mixed model of the Semantic Priming Project: overlap by model and similarity level."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from ..errors import InputError
from .spp import BINS


@dataclass(frozen=True)
class FixedEffect:
    """One fixed effect of a mixed model."""

    name: str
    """``"strong - weak"``: the difference of a level from the one before it."""
    estimate: float
    standard_error: float
    ci_low: float
    ci_high: float
    """Wald 95 % interval."""
    z: float
    p: float
    """Two-sided, of the normal approximation."""


@dataclass(frozen=True)
class MixedModel:
    """Fixed effects of a linear mixed model; of the random ones nothing is claimed."""

    effects: tuple[FixedEffect, ...]
    """Intercept (grand mean), model differences, similarity differences."""
    converged: bool
    observations: int
    concepts: int
    """Different concepts behind the random intercepts."""


def sliding_differences(levels: int) -> np.ndarray:
    """`[levels, levels - 1]` contrasts under which coefficient k is the mean of level k + 1 minus level k.

    The intercept is then the mean of the level means.
    """
    steps = np.arange(1, levels)
    below = np.arange(levels)[:, None] < steps[None, :]
    return np.where(below, steps - levels, steps) / levels


def fit_mixed_model(
    overlap: np.ndarray, model: Sequence[str], similarity: Sequence[str], first: Sequence[str],
    second: Sequence[str], *, models: Sequence[str],
) -> MixedModel:  # fmt: skip
    """Linear mixed model overlap ~ model + similarity + (1 | first concept) + (1 | second concept), by REML.

    The arguments are `[observations]`: the similarity of a pair in a model, that model, the pair's level, and
    its two concepts, the target first. Models (in the order of `models`) and levels are coded by sliding
    differences; with one model its factor is left out. Raises InputError for unequal lengths, an unknown or
    empty level, a NaN or too few observations. Source: docs/method.md, section 6; paper appendix C.
    """
    count = len(overlap)
    if any(len(column) != count for column in (model, similarity, first, second)):
        raise InputError("a mixed model needs a model, a level and two concepts for each overlap")
    overlap = np.asarray(overlap, dtype=np.float64)
    if not np.isfinite(overlap).all():
        raise InputError("an overlap is NaN or infinite: leave such pairs out, and count them")
    exog = np.hstack([np.ones((count, 1)), _coded(model, models, "model"), _coded(similarity, BINS, "level")])
    steps = [f"{later} - {earlier}" for each in (models, BINS) for earlier, later in pairwise(each)]
    if count <= exog.shape[1] + 2:
        raise InputError(f"{count} overlaps are too few for a mixed model with {exog.shape[1]} effects")
    spread = float(overlap.std())
    if spread == 0:
        raise InputError("all overlaps are equal: there is nothing for a mixed model to explain")
    result = _fitted(overlap / spread, exog, first, second)
    effects = []
    for name, estimate, error in zip(["intercept", *steps], result.fe_params, result.bse_fe):
        estimate, error = float(estimate) * spread, float(error) * spread
        low, high, z = estimate - 1.96 * error, estimate + 1.96 * error, estimate / error
        effects.append(FixedEffect(name, estimate, error, low, high, z, math.erfc(abs(z) / math.sqrt(2))))
    return MixedModel(tuple(effects), bool(result.converged), count, len(set(first)) + len(set(second)))


def _fitted(overlap: np.ndarray, exog: np.ndarray, first: Sequence[str], second: Sequence[str]) -> Any:
    import warnings

    from statsmodels.regression.mixed_linear_model import MixedLM, VCSpec
    from statsmodels.tools.sm_exceptions import ConvergenceWarning

    # Crossed effects: to statsmodels all observations are one group with two variance components.
    one_group = np.zeros(len(overlap))
    levels = [sorted(set(grouping)) for grouping in (first, second)]
    matrices = [
        [(np.array(grouping)[:, None] == np.array(known)[None, :]).astype(np.float64)]
        for grouping, known in zip((first, second), levels)
    ]
    components = VCSpec(["first concept", "second concept"], [[known] for known in levels], matrices)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.simplefilter("ignore", RuntimeWarning)
        model = MixedLM(overlap, exog, one_group, exog_vc=components)
        return model.fit(reml=True, method=["lbfgs", "powell"])


def _coded(values: Sequence[str], levels: Sequence[str], what: str) -> np.ndarray:
    place = {level: number for number, level in enumerate(levels)}
    unknown = next((value for value in values if value not in place), None)
    if unknown is not None:
        raise InputError(
            f"{what} {unknown!r} of an overlap is none of {', '.join(levels)}: name it, or leave it out"
        )
    empty = next((level for level in levels if level not in set(values)), None)
    if empty is not None:
        raise InputError(f"no overlap of {what} {empty!r}: leave it out, or add some")
    return sliding_differences(len(levels))[[place[value] for value in values]]

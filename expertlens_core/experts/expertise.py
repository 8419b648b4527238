"""Expertise: how well each unit tells a concept's positive from its negative sentences."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from ..models.units import Units

STATISTICS = ("ap", "auroc", "on_mean", "on_p50", "on_p90", "off_mean", "on_std", "off_std", "quantile_correlation")
"""Array fields of `Expertise`, in file order."""


@dataclass(frozen=True, eq=False)
class Expertise:
    """One scoring pass over all units for one concept (METHOD section 4). Arrays are read-only."""

    concept: str
    """Key of the concept."""
    units: Units
    ap: np.ndarray
    """`[units]` float64 average precision."""
    auroc: np.ndarray
    """`[units]` float64 area under the ROC curve."""
    on_mean: np.ndarray
    """`[units]` float32 mean response to the positive set."""
    on_p50: np.ndarray
    """`[units]` float32 median response to the positive set."""
    on_p90: np.ndarray
    """`[units]` float32 90th percentile (linear interpolation) of the positive set."""
    off_mean: np.ndarray
    """`[units]` float32 mean response to the negative set."""
    on_std: np.ndarray
    """`[units]` float32 unbiased standard deviation over the positive set."""
    off_std: np.ndarray
    """`[units]` float32 unbiased standard deviation over the negative set."""
    quantile_correlation: np.ndarray
    """`[units]` float32 Pearson correlation of the two sets' sorted quantiles (NaN where either is constant)."""
    first_token_share: np.ndarray
    """`[modules]` share of the positives' maxima on the first real token."""
    positives: int
    """Sentences in the positive set."""
    negatives: int
    """Sentences in the negative set."""
    truncated: int = 0
    """Sentences cut at the token limit."""
    warnings: tuple[str, ...] = ()
    """Plain sentences to show wherever this result is shown."""

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, np.ndarray):
                value.flags.writeable = False

    @property
    def prevalence(self) -> float:
        """AP of a constant unit: positives / all."""
        return self.positives / (self.positives + self.negatives)

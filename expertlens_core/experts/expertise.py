"""Expertise: how well each unit tells a concept's positive from its negative sentences."""

from dataclasses import dataclass, fields

import numpy as np

from ..models.units import Units
from .chance import positive_weight

STATISTICS = (
    "ap", "auroc", "on_mean", "on_p50", "on_p90", "off_mean", "on_std", "off_std", "quantile_correlation",
)  # fmt: skip
"""Array fields of `Expertise`, in file order."""


@dataclass(frozen=True, eq=False)
class Expertise:
    """One scoring pass over all units for one concept (docs/method.md, section 4). Arrays are read-only."""

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
    """`[units]` float32 correlation of the two sets' sorted quantiles; NaN where either is constant."""
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
    ap_reweighted: np.ndarray | None = None
    """`[units]` float64 AP at prevalence 2/7; None where the sets have that prevalence, and `ap` is it."""

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, np.ndarray):
                value.flags.writeable = False

    @property
    def prevalence(self) -> float:
        """AP of a constant unit: positives / all."""
        return self.positives / (self.positives + self.negatives)

    @property
    def comparable_ap(self) -> np.ndarray:
        """`[units]` float64 AP read at prevalence 2/7: what results with unequal sets are compared by."""
        if self.ap_reweighted is not None:
            return self.ap_reweighted
        if positive_weight(self.positives, self.negatives) == 1.0:
            return self.ap
        raise ValueError(
            f"the expertise of {self.concept!r} was kept without AP at prevalence 2/7 "
            f"(it has {self.positives} positives and {self.negatives} negatives): score it again"
        )

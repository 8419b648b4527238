"""One unit beside every concept of a library: its AP and AUROC, and what chance gives."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class UnitProfile:
    """One unit beside every concept."""

    unit: str
    """Its name, path:index."""
    concepts: tuple[str, ...]
    domains: tuple[str, ...]
    """`[concepts]` empty for none."""
    ap: np.ndarray
    """`[concepts]` float64, at prevalence 2/7 where the concepts have unequal shares of positives."""
    auroc: np.ndarray
    """`[concepts]` float64; NaN where a packed result does not keep it for this unit."""
    chance_low: np.ndarray
    """`[concepts]` float64 AP that 99.5 % of random rankings exceed."""
    chance_high: np.ndarray
    """`[concepts]` float64 AP that 99.5 % of random rankings stay below."""

    def experts(self, tau: float) -> tuple[str, ...]:
        """The concepts for which it is an expert, the best first."""
        order = np.argsort(-self.ap, kind="stable")
        return tuple(self.concepts[place] for place in order if self.ap[place] > tau)

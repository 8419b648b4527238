"""Effects: what an intervention did at each token of some texts, and how far it moved its units."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

EDGES = np.linspace(-8, 8, 65)
"""`[bins + 1]` of the distribution of values, in deviations; what lies outside counts in the outer bins."""


@dataclass(frozen=True, eq=False)
class Predictions:
    """How both models predict each token of a text from all before it; every array is `[tokens]`."""

    probabilities: np.ndarray
    """Of the token that stands there under the steered model; at temperature 1, among all tokens."""
    without: np.ndarray
    """The same under the unsteered model that reads the same text."""
    likeliest: np.ndarray
    """int64 the token that the unsteered model would put first."""
    likeliest_probabilities: np.ndarray
    """Its probability there."""
    divergence: np.ndarray
    """KL(steered || unsteered) of the two distributions over the next token, in nats."""

    @property
    def log_ratio(self) -> np.ndarray:
        """log(p steered / p unsteered) of the token that stands there, in nats."""
        return np.log(np.maximum(self.probabilities, 1e-30)) - np.log(np.maximum(self.without, 1e-30))


@dataclass(frozen=True, eq=False)
class Movement:
    """How the values of an intervention's units move over all tokens of some texts."""

    moved: tuple[np.ndarray, ...]
    """`[texts][tokens]` mean over the units of |z' - z| / deviation: z' is the unit's value in the steered model, z in
    the unsteered one, where the token is predicted; the deviation is that of z over all these tokens. NaN where no
    unit varies."""
    before: np.ndarray
    """`[bins]` int64 the values z over the bins of `EDGES`, in deviations from their unit's mean z."""
    after: np.ndarray
    """`[bins]` int64 the values z' on the same scale."""
    watched: int
    """How many units were watched."""
    units: int
    """How many are moved."""


def movement(before: Sequence[np.ndarray], after: Sequence[np.ndarray], units: int) -> Movement:
    """How units move, from their values `[texts][tokens, watched]` in the unsteered and in the steered model."""
    if not sum(len(each) for each in before):
        none = np.zeros(len(EDGES) - 1, np.int64)
        return Movement(tuple(np.zeros(0) for _ in before), none, none, 0, units)
    plain, steered = np.concatenate(before), np.concatenate(after)
    mean, deviation = plain.mean(0), plain.std(0)
    varies = deviation > 0
    plain, steered = (
        ((each - mean) / np.where(varies, deviation, 1.0))[:, varies] for each in (plain, steered)
    )
    moved = np.abs(steered - plain).mean(1) if varies.any() else np.full(len(plain), np.nan)
    ends = np.cumsum([len(each) for each in before])[:-1]
    first, then = (np.histogram(np.clip(each, EDGES[0], EDGES[-1]), EDGES)[0] for each in (plain, steered))
    return Movement(tuple(np.split(moved, ends)), first, then, len(mean), units)

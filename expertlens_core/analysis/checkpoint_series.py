"""What a series of checkpoints shows: sizes of expert sets, their overlap from step to step, and where they sit."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..experts.threshold_counts import ThresholdCounts
from .alignment import Alignment
from .domain_statistics import DomainStatistics
from .sign_flip import mean_interval


@dataclass(frozen=True, eq=False)
class CheckpointResult:
    """One checkpoint, as its figures need it."""

    name: str
    """``EleutherAI/pythia-70m@step512``, ``small_world/step-64``, ``smollm2@random:0``."""
    model: str
    """Hub id, folder, GGUF file, or a built-in name, as it was asked for."""
    revision: str | None
    """As it was asked for."""
    series: str
    """The training it is of: a line in a chart."""
    step: int | None
    """Training step, where the name tells one."""
    seed: int | None
    """Of a random start; None for trained weights."""
    counts: ThresholdCounts
    """Experts of each concept and module at every tau."""
    alignment: tuple[Alignment, ...]
    """Agreement with judgments by measure, Jaccard at every tau first; empty without judgments."""
    baselines: tuple[Alignment, ...]
    """The same without experts, on the same pairs."""
    domains: DomainStatistics | None
    """None where the concepts hold no domain of two, or no other domain beside it."""
    about: dict[str, Any]
    """Model, revision, library, recipe and versions."""
    notes: tuple[str, ...] = ()
    """Plain sentences on what could not be computed."""


@dataclass(frozen=True)
class Size:
    """How many experts concepts have in one checkpoint."""

    tau: float
    mean: float
    """Over the concepts."""
    ci_low: float
    ci_high: float
    """95 % percentile bootstrap interval, over concepts."""
    units: int
    """Units that could be experts: what the mean is divided by for the size per unit."""


@dataclass(frozen=True)
class Successive:
    """How much of its experts a concept keeps from one checkpoint of a series to the next."""

    series: str
    earlier: str
    later: str
    """Names of the checkpoints."""
    earlier_step: int | None
    later_step: int | None
    tau: float
    mean: float
    """Jaccard of the same concept's expert sets, over the concepts; 0 where neither has an expert."""
    ci_low: float
    ci_high: float
    """95 % percentile bootstrap interval, over concepts."""
    concepts: int
    empty: int
    """Concepts without an expert in either."""


@dataclass(frozen=True)
class Skipped:
    """A checkpoint without a result."""

    name: str
    series: str
    reason: str
    """A sentence: what failed."""
    pending: bool = False
    """True where nothing failed, but nothing was computed yet."""


@dataclass(frozen=True, eq=False)
class CheckpointSeries:
    """Checkpoints of one or several trainings, on the same concepts."""

    taus: tuple[float, ...]
    results: tuple[CheckpointResult, ...]
    """By series; in each the random starts, then by step."""
    successive: tuple[Successive, ...]
    skipped: tuple[Skipped, ...]
    notes: tuple[str, ...]
    """Plain sentences on what is not compared, and why."""
    without_token_only: bool
    """Whether overlap, alignment and domains leave out modules that see only the current token's embedding."""

    @property
    def series(self) -> tuple[str, ...]:
        """Names of the trainings."""
        return tuple(dict.fromkeys(each.series for each in self.results))

    @property
    def complete(self) -> bool:
        """Whether nothing is still to be computed."""
        return not any(each.pending for each in self.skipped)


def sizes(result: CheckpointResult, taus: Sequence[float], *, without_token_only: bool = False) -> list[Size]:
    """Size of the expert sets at each tau: mean over the concepts, with its interval, and the units counted.

    Source: docs/method.md, section 8; paper v4 figures 5 and 10.
    """
    counts, only = result.counts, without_token_only
    values = np.stack([counts.experts(tau, without_token_only=only) for tau in taus], axis=1)
    low, high = mean_interval(values.astype(np.float64))
    units = int(np.count_nonzero(~counts.units.token_only)) if only else counts.units.count
    means = values.mean(axis=0)
    return [Size(tau, float(means[i]), float(low[i]), float(high[i]), units) for i, tau in enumerate(taus)]


def kept_experts(
    earlier: np.ndarray, later: np.ndarray, taus: Sequence[float], unit_mask: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Jaccard of the same concept's expert sets in two checkpoints, and the sizes of the unions.

    Formula: shared / union of the units with AP strictly above tau; 0 where neither has one.

    Args:
        earlier, later: `[concepts, units]` AP of the same concepts on the same table of units.
        unit_mask: `[units]` True for the units to count; None takes all.

    Returns `[taus, concepts]` float64 and `[taus, concepts]` int64. Raises ValueError for other shapes.
    Source: docs/method.md, section 8; paper v4 figure 6.
    """
    if earlier.shape != later.shape:
        raise ValueError(
            f"AP of shapes {earlier.shape} and {later.shape}: expected the same concepts and units"
        )
    shared, union = (np.zeros((len(taus), len(earlier)), dtype=np.int64) for _ in range(2))
    for concept, (before, after) in enumerate(zip(earlier, later)):
        if unit_mask is not None:
            before, after = before[unit_mask], after[unit_mask]
        for row, tau in enumerate(taus):
            first, second = before > tau, after > tau
            shared[row, concept] = np.count_nonzero(first & second)
            union[row, concept] = np.count_nonzero(first | second)
    return np.divide(shared, union, out=np.zeros(shared.shape), where=union > 0), union

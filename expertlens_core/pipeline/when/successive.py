"""The experts that a concept keeps from one checkpoint of a training to the next, each pair kept."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ...analysis.checkpoint_series import CheckpointResult, Successive, kept_experts
from ...analysis.sign_flip import mean_interval
from ...artefacts import digest_of
from ...run import Run
from ..finding.scored import Scored
from .request import CheckpointsRequest

VERSION = 1


@dataclass(frozen=True, eq=False)
class _Kept:
    jaccard: np.ndarray
    """`[taus, concepts]`."""
    union: np.ndarray
    """`[taus, concepts]` units that are experts in either."""


def successive(
    asked: CheckpointsRequest, results: Sequence[CheckpointResult], found: Sequence[Scored], run: Run
) -> Iterator[Successive]:
    """The trained checkpoints of a series, each with the one before it; random starts are no step of a training."""
    trained = [pair for pair in zip(results, found) if pair[0].seed is None]
    for (before, first), (after, second) in pairwise(trained):
        if before.series != after.series or first.units.digest != second.units.digest:
            continue
        mask = second.mask(asked.without_token_only)

        def make(first: Scored = first, second: Scored = second, mask: np.ndarray | None = mask) -> _Kept:
            run.progress(0, 0, "comparing experts of successive checkpoints")
            return _Kept(*kept_experts(first.ap, second.ap, asked.taus, mask))

        fields = {
            "earlier": first.plan.results,
            "taus": digest_of(list(asked.taus)),
            "without token-only": asked.without_token_only,
        }
        key = second.key("successive experts", VERSION, f"experts kept since {before.name}", fields)
        kept = run.at_hand(compute=True).kept(_Kept, key, make)
        low, high = mean_interval(kept.jaccard.T)
        for row, tau in enumerate(asked.taus):
            values, empty = kept.jaccard[row], int(np.count_nonzero(kept.union[row] == 0))
            yield Successive(
                after.series, before.name, after.name, before.step, after.step, tau, float(values.mean()),
                float(low[row]), float(high[row]), len(values), empty,
            )  # fmt: skip

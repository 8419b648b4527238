"""Split-half average precision: what remains of the top units on sentences that did not choose them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import InputError
from .score import response_statistics
from .ties import TOLERANCE


@dataclass(frozen=True, eq=False)
class SplitHalf:
    """AP of every unit in two stratified halves of the sentences."""

    ap: np.ndarray
    """`[2, units]` float64 AP in each half. Read-only."""

    def __post_init__(self) -> None:
        self.ap.flags.writeable = False

    def top(self, k: int) -> TopHalves:
        """Choose the k best units in each half and look them up in the other."""
        units = self.ap.shape[1]
        if not 1 <= k <= units:
            raise InputError(f"{k} experts asked for: expected a number from 1 to {units}, the units at hand")
        ids = np.argsort(-self.ap, axis=1, kind="stable")[:, :k]
        return TopHalves(
            unit_ids=ids,
            chosen_ap=np.take_along_axis(self.ap, ids, axis=1),
            held_out_ap=np.take_along_axis(self.ap[::-1], ids, axis=1),
        )


@dataclass(frozen=True, eq=False)
class TopHalves:
    """The top units of each half, with their AP there and in the half that had no say."""

    unit_ids: np.ndarray
    """`[2, k]` int64 flat unit ids, best first."""
    chosen_ap: np.ndarray
    """`[2, k]` float64 AP in the half that chose them: too good, by the choice."""
    held_out_ap: np.ndarray
    """`[2, k]` float64 AP in the other half: the honest one."""


def split_half(
    on: Sequence[Any],
    off: Sequence[Any],
    *,
    on_rows: Sequence[int] | np.ndarray | None = None,
    off_rows: Sequence[int] | np.ndarray | None = None,
    seed: int = 0,
    threads: int | None = None,
) -> SplitHalf:
    """Score two random halves, each with half of the positives and half of the negatives.

    Args:
        on: per module, `[positives, width]` responses.
        off: per module, `[negatives, width]` responses, or a pool of which `off_rows` are drawn.
        on_rows: row numbers to take from `on`; None takes all.
        off_rows: row numbers to take from `off`; None takes all.
        seed: of the split.
        threads: as in `score`.

    Raises:
        InputError: with fewer than two sentences in a set.
    """
    generator = np.random.default_rng(seed)
    positives = _halves(np.arange(on[0].shape[0]) if on_rows is None else np.asarray(on_rows), generator)
    negatives = _halves(np.arange(off[0].shape[0]) if off_rows is None else np.asarray(off_rows), generator)
    names = [f"module {position}" for position in range(len(on))]
    named: dict[str, Any] = {"names": names, "tolerance": TOLERANCE, "ranks_only": True, "threads": threads}
    halves = [
        response_statistics(on, off, on_rows=x, off_rows=y, **named)[0] for x, y in zip(positives, negatives)
    ]
    return SplitHalf(np.stack(halves))


def _halves(rows: np.ndarray, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    if len(rows) < 2:
        raise InputError(f"a set of {len(rows)} sentences cannot be split: expected at least two in each set")
    shuffled = generator.permutation(rows)
    middle = len(rows) // 2
    return shuffled[:middle], shuffled[middle:]

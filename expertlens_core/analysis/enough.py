"""Enough sentences: from how many on more of them hardly change the experts, by a rule that is fixed beforehand."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

SHARE = 0.9
"""Of the largest size's Jaccard that a smaller size must reach."""


@dataclass(frozen=True)
class Enough:
    """The answer for one source and tau.

    **Rule.** The smallest size whose mean Jaccard within a concept is at least `SHARE` of that of the largest size
    that was measured with at least two folds. Where only the largest size meets that, the index still rises with every
    size, and how many are enough is not known: more than were measured.
    """

    tau: float
    source: str
    drawn: int | None
    """Negatives of every size; None: 2.5 for each positive."""
    largest: int
    """Largest size with two folds."""
    reached: float
    """Its mean Jaccard."""
    size: int | None
    """The answer; None where it is more than `largest`, or nothing can be said."""

    @property
    def sentence(self) -> str:
        """The answer in words."""
        if math.isnan(self.reached):
            return "No size gives two sets of sentences to compare: more sentences, or smaller sizes, are needed."
        if self.reached == 0:
            return (
                f"At tau {self.tau:g} no expert stays when other sentences are taken, with {self.largest:,} sentences "
                "as with fewer: take a lower tau or more sentences."
            )
        level = f"{self.largest:,} sentences reach a Jaccard index of {self.reached:.2f}"
        if self.size is None:
            return (
                f"More than {self.largest:,} sentences are needed at tau {self.tau:g}, how many is not known: {level}, "
                f"and no smaller size comes to {SHARE:.0%} of that, so the experts still change as sentences "
                "are added."
            )
        return (
            f"{self.size:,} sentences are enough at tau {self.tau:g}: {level}, and {self.size:,} come to at least "
            f"{SHARE:.0%} of that."
        )


def enough(jaccard: Mapping[int, float], tau: float, source: str, drawn: int | None) -> Enough:
    """The answer from mean Jaccard within a concept by size; sizes without two folds are left out or NaN."""
    known = {size: value for size, value in sorted(jaccard.items()) if not math.isnan(value)}
    if not known:
        return Enough(tau, source, drawn, max(jaccard, default=0), math.nan, None)
    largest = max(known)
    reached = known[largest]
    found = next(size for size, value in known.items() if value >= SHARE * reached)
    return Enough(tau, source, drawn, largest, reached, found if found < largest and reached > 0 else None)

"""What the texts of a dose show beside the unsteered ones, and the rule that chooses a dose. Loads no torch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from .dose import Dose, DosePoint, Originals
from .variety import distinct_n


@dataclass(frozen=True)
class SweepPoint:
    """One dose of a sweep, and the controls at it: units moved in the same way."""

    steered: DosePoint
    random: tuple[DosePoint, ...]
    """As many random units in every module, by draw."""
    other: DosePoint
    """As many experts of another concept."""

    @property
    def dose(self) -> Dose:
        """Of the point."""
        return self.steered.dose


def perplexity_ratio(perplexities: Sequence[float], originals: Originals) -> float:
    """Median perplexity of texts as a multiple of the originals'; NaN where no text has a token."""
    seen = [value for value in perplexities if value == value]
    return float(np.median(seen) / np.median(originals.perplexities)) if seen else float("nan")


def variety_ratio(texts: Sequence[str], originals: Originals) -> float:
    """Distinct-2 of texts as a multiple of the originals'; 0 where no text has two words."""
    least = distinct_n(originals.texts, 2)
    return float(np.nan_to_num(distinct_n(texts, 2) / least)) if least else 0.0


def dose_point(
    dose: Dose,
    texts: Sequence[str],
    perplexities: Sequence[float],
    originals: Originals,
    shows: Callable[[str], bool],
) -> DosePoint:
    """What a dose was seen to do: the share of its texts that show the concept, and what they lost."""
    presence = float(np.mean([shows(text) for text in texts]))
    measured = perplexity_ratio(perplexities, originals), variety_ratio(texts, originals)
    return DosePoint(dose, len(texts), presence, *measured, final=True)


def sweet_spot(points: Sequence[DosePoint]) -> tuple[Dose, bool]:
    """The dose that is chosen, and whether it keeps the bounds.

    Of the doses within the bounds on perplexity and distinct-2 the one that shows the concept in most texts, ties by
    lower perplexity; where none is within, the one of lowest perplexity. Source: docs/method.md, section 9.
    """

    def by_perplexity(point: DosePoint) -> float:
        return np.inf if point.perplexity is None or np.isnan(point.perplexity) else point.perplexity

    within = [point for point in points if point.within]
    if within:
        return min(within, key=lambda point: (-point.presence, by_perplexity(point))).dose, True
    return min(points, key=by_perplexity).dose, False

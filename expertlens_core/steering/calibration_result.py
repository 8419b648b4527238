"""The result of a calibration: a concept's dose, and what every dose that was tried did. Loads no torch."""

from __future__ import annotations

from dataclasses import dataclass

from .dose import Dose

MOST_PERPLEXITY, LEAST_DISTINCT = 2.2, 0.8
"""The bounds on a dose, as multiples of the originals' median perplexity and distinct-2."""


@dataclass(frozen=True)
class DosePoint:
    """What one dose was seen to do."""

    dose: Dose
    texts: int
    presence: float
    """Share of its texts that show the concept."""
    perplexity: float | None
    """Median under the unsteered model, as a multiple of the originals'; None where it was not taken."""
    distinct: float
    """Distinct-2, as a multiple of the originals'."""
    final: bool = False
    """True for the doses of the second round."""

    @property
    def within(self) -> bool:
        """Whether it keeps the bounds on perplexity and variety."""
        return (
            self.perplexity is not None
            and self.perplexity <= MOST_PERPLEXITY
            and self.distinct >= LEAST_DISTINCT
        )


@dataclass(frozen=True)
class Calibration:
    """The dose of a concept, and the curve that it was chosen from."""

    concept: str
    dose: Dose
    met: bool
    """False where no dose kept the bounds; the dose is then the mildest that was seen."""
    original_presence: float
    """Share of the unsteered texts that show the concept."""
    curve: tuple[DosePoint, ...]

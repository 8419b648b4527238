"""What a dose sweep shows: the points with their controls, and the sweet spot by its fixed rule."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ...run import NotKeptError, Run
from ...steering.dose import LEAST_DISTINCT, MOST_PERPLEXITY, Dose, Originals
from ...steering.sweet_spot import SweepPoint, dose_point, sweet_spot
from ..writing.calibrate import shown_by
from .request import PROMPTS
from .sweep_plan import DoseSweepRequest, SweepPlan, plan_sweep
from .sweep_texts import kept_sweep, write_sweep
from .texts import Written


@dataclass(frozen=True)
class DoseSweep:
    """The points of a sweep, and the dose that the fixed rule takes among them (docs/method.md, section 9)."""

    concept: str
    other: str
    """The concept of the control."""
    original_presence: float
    """Share of the unsteered texts that show the concept."""
    originals: Originals
    points: tuple[SweepPoint, ...]
    texts: tuple[Written, ...]
    """`[points]` ``steered``, ``random 1`` and so on, ``other``; each with its texts prompt after prompt."""
    dose: Dose
    """The sweet spot."""
    met: bool
    """False where no dose kept the bounds; the sweet spot is then the dose of lowest perplexity."""
    about: dict[str, Any]
    """How it came about: model, revision, library, request, prompts, bounds."""

    @property
    def best(self) -> int:
        """Number of the sweet spot among the points."""
        return [point.dose for point in self.points].index(self.dose)


def dose_sweep(asked: DoseSweepRequest, run: Run) -> DoseSweep:
    """Sweep the doses of a concept: presence against fluency, with random units and another concept at each dose.

    Texts are written where they are not kept. Raises as `write_sweep`.
    """
    if run.compute:
        write_sweep(asked, run)
    found = known_sweep(asked, run)
    if found is None:
        raise NotKeptError(f"the dose sweep of {asked.concept} has not been computed yet")
    return found


def known_sweep(asked: DoseSweepRequest, run: Run) -> DoseSweep | None:
    """What the kept texts of a sweep show; None where some are missing. Loads no torch.

    Raises InputError as `plan_sweep`.
    """
    sweep = plan_sweep(asked, run)
    if sweep is None:
        return None
    try:
        originals, written = kept_sweep(sweep, run)
    except NotKeptError:
        return None
    return _read(asked, sweep, originals, written)


def _read(
    asked: DoseSweepRequest, sweep: SweepPlan, originals: Originals, written: tuple[Written, ...]
) -> DoseSweep:
    shows = shown_by(sweep.plan, sweep.concept)
    points = []
    for dose, each in zip(sweep.doses, written, strict=True):
        steered, *random, other = (
            dose_point(dose, kind.texts, kind.perplexities, originals, shows) for kind in each.kinds
        )
        points.append(SweepPoint(steered, tuple(random), other))
    dose, met = sweet_spot([point.steered for point in points])
    presence = sum(map(shows, originals.texts)) / len(originals.texts)
    record = sweep.plan.known
    about = {
        "model": record.name,
        "revision": record.revision,
        "library": sweep.plan.library.name,
        "request": asked.to_json(),
        "prompts": list(PROMPTS),
        "most perplexity": MOST_PERPLEXITY,
        "least distinct-2": LEAST_DISTINCT,
    }
    return DoseSweep(
        sweep.concept.key, sweep.other.key, presence, originals, tuple(points), written, dose, met, about
    )

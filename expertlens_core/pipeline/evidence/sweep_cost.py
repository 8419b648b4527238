"""What a dose sweep will take, before it starts."""

from __future__ import annotations

from dataclasses import dataclass

from ...run import Run
from ..finding.estimate import estimate_find
from .cost import writing_speed
from .sweep_plan import DoseSweepRequest, plan_sweep


@dataclass(frozen=True)
class SweepCost:
    """What a sweep will take. The time is rough: other work on the machine changes it."""

    doses: int
    """To be written; the others are kept."""
    all_doses: int
    texts: int
    """To be written, the controls' and the originals' among them."""
    concepts: int
    """Whose experts have to be found first."""
    seconds: float
    """NaN where nothing was measured."""


def sweep_cost(asked: DoseSweepRequest, run: Run) -> SweepCost | None:
    """What a request will take, by the speed of the model as it was last measured, or is now where it is at hand.

    None where the model has not been loaded here before. Nothing is written. Raises InputError as `plan_sweep`.
    """
    sweep = plan_sweep(asked, run)
    if sweep is None:
        return None
    doses, texts = len(sweep.missing(run)), sweep.rows(asked, run)[0]
    speed = writing_speed(sweep.plan, run)
    seconds = float("nan")
    if speed is not None:
        seconds = texts * asked.tokens * (speed.written + speed.read)
        seconds += estimate_find(sweep.plan, run).seconds if sweep.plan.missing else 0.0
    return SweepCost(doses, len(sweep.doses), texts, len(sweep.plan.missing), seconds)

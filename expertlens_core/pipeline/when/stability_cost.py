"""What a stability grid will take, before it is begun. Loads no model."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ...run import Run
from ..finding.plan import plan_find
from ..finding.speed import known_speed
from .fold_sets import fold_key
from .stability import fold_plans
from .stability_request import StabilityRequest


@dataclass(frozen=True)
class StabilityCost:
    """Work that is left."""

    concepts: int
    """Not yet measured."""
    sentences: int
    """To read for them, each once."""
    sets: int
    """Expert sets to score."""
    seconds: float
    """By the speed at which this computer last read with the model; NaN where that is not known."""


def stability_cost(asked: StabilityRequest, run: Run) -> StabilityCost:
    """What is left of a grid.

    Raises InputError as `stability`.
    """
    plan = plan_find(asked.find, run)
    folds = fold_plans(asked, plan)
    if plan.record is not None:
        folds = [each for each in folds if not run.artefacts.has(fold_key(asked, plan, each))]
    texts = {text for each in folds for text in each.sentences}
    sets = sum(cell.folds for each in folds for cell in each.cells)
    speed = None if plan.record is None else known_speed(asked.find, plan.record, run)
    if speed is None:
        return StabilityCost(len(folds), len(texts), sets, math.nan)
    scored = sum(cell.folds * (cell.positives + cell.negatives) for each in folds for cell in each.cells)
    reading = speed.sentence * sum(map(len, texts)) / speed.characters
    scoring = speed.unit * plan.known.units.count * scored / speed.scored
    return StabilityCost(len(folds), len(texts), sets, reading + scoring)

"""What a sweep will take: the estimates of its finds, model by model."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..errors import InputError
from ..models.label import model_label
from ..pipeline.finding.estimate import estimate_find
from ..pipeline.finding.plan import plan_find
from ..run import Run
from .request import SweepRequest
from .tasks import groups


@dataclass(frozen=True)
class ModelCost:
    """The finds of one model."""

    model: str
    """With its revision."""
    tasks: int
    """All that are done with it."""
    concepts: int = 0
    """Still to be found, over libraries and recipes."""
    seconds: float = 0.0
    """Of the finds on one worker, on this computer; stages after find come on top."""
    disk_bytes: int = 0
    memory_bytes: int = 0
    """Of a worker that has this model."""
    how: str = ""
    """Where the time comes from, as a sentence; or why nothing is known."""


def costs(asked: SweepRequest, run: Run) -> Iterator[ModelCost]:
    """The cost of each model, in the order in which they are loaded; no weights are loaded."""
    cost: ModelCost | None = None
    for group in groups(asked):
        find = group.find
        name = f"{model_label(find.model)}{f' at {find.revision}' if find.revision else ''}"
        if cost is None or cost.model != name:
            if cost is not None:
                yield cost
            cost = ModelCost(name, 0)
        try:
            found = estimate_find(plan_find(find, run), run)
        except InputError as problem:
            cost = ModelCost(
                name, cost.tasks + len(group), cost.concepts, cost.seconds, cost.disk_bytes,
                cost.memory_bytes, str(problem),
            )  # fmt: skip
            continue
        cost = ModelCost(
            name, cost.tasks + len(group), cost.concepts + found.concepts, cost.seconds + found.seconds,
            cost.disk_bytes + found.disk_bytes, max(cost.memory_bytes, found.memory_bytes), found.how,
        )  # fmt: skip
    if cost is not None:
        yield cost

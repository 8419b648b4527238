"""The second model or checkpoint, and the way to its experts."""

from __future__ import annotations

from expertlens_core.pipeline import Plan
from pages.parts.alignment.coverage import FEWEST
from pages.parts.alignment.results import Asked
from pages.shared.choices.alignment import BESIDE
from pages.shared.second_model import choose_second, second_plan
from pages.shared.selection import Selection
from pages.shared.services import services
from pages.shared.waiting import find_job, follow, offer_find


def choose_beside(chosen: Selection) -> None:
    """The choice of the second model, or of another checkpoint of the same."""
    choose_second(
        BESIDE,
        chosen,
        "Second model or checkpoint",
        placeholder="Choose a checkpoint, or type a model",
        width=420,
    )


def other_plan(chosen: Selection, asked: Asked) -> Plan | None:
    """The second model's plan for the concepts of the judged pairs; None where no model is chosen.

    Raises:
        InputError: for a model that cannot be.
    """
    return second_plan(BESIDE, chosen, *_together(asked))


def _together(asked: Asked) -> tuple[str, ...]:
    """Concepts of judged pairs that the first model has results for."""
    there = set(asked.plan.finished)
    return tuple(key for key in asked.judged.concepts if key in there)


def draw_rest(asked: Asked, other: Plan) -> bool:
    """Whether the second model has enough results; else the way to them is drawn."""
    if other.missing:
        job = services().jobs.get(find_job(other))
        if job is not None and job.state != "done":
            follow(job.id)
        else:
            offer_find(other)
    there = set(other.finished)
    pairs = sum(first in there and second in there for first, second in asked.judged.coverage.concepts)
    return pairs >= FEWEST

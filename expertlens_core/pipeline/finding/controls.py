"""Two controls that need a run of the model: the name test, and random weights in the same architecture."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import numpy as np

from ...artefacts import ArtefactKey
from ...concepts import Concept, Library, without_name
from ...errors import InputError
from ...models.label import model_label
from ...models.random_start import random_revision
from ...request import Request, request
from ...run import Run
from .find import find
from .plan import plan_find
from .request import FindRequest

Control = Literal["name test", "random weights"]
VERSION = 1
SEED = 0
"""Of the random weights."""


@request
class ControlRequest(Request):
    """A control of one concept's result."""

    find: FindRequest = FindRequest()
    """The result; it names one concept."""
    control: Control = "name test"


def control_ap(asked: ControlRequest, run: Run) -> np.ndarray:
    """`[units]` AP of one concept's units under a control, kept.

    Raises InputError for a concept whose sentences do not name it, or a model that cannot be drawn anew.
    """
    wanted = asked.find
    (found,) = find(wanted, run)

    def make() -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        library = run.library_named(wanted.library)
        if asked.control == "name test":
            variant, told = renamed_library(wanted, found.concept, run)
            (result,) = find(replace(wanted, names=(), pool=""), run.at_hand(library=variant))
        else:
            told = {"weights": f"random, seed {SEED}"}
            drawn = replace(wanted, revision=random_revision(SEED))
            (result,) = find(drawn, run.at_hand(library=library, model=None))
        return {"ap": result.expertise.ap}, told

    label = f"{asked.control}, {found.concept.key} in {model_label(found.about['model'])}"
    fields: dict[str, Any] = {"expertise": found.digest, "seed": SEED}
    key = ArtefactKey(asked.control, VERSION, fields, "result", label)
    return run.kept_file(key, make, mapped=True).arrays["ap"]


def renamed_library(wanted: FindRequest, concept: Concept, run: Run) -> tuple[Library, dict[str, Any]]:
    """The concept with its name replaced in its positives, against the negatives of its own result.

    Raises InputError when none of the sentences names the concept.
    """
    plan = plan_find(wanted, run)
    positives = plan.positives(concept)
    changed = tuple(without_name(sentence, concept.name) for sentence in positives)
    named = sum(before != after for before, after in zip(positives, changed))
    if not named:
        raise InputError(
            f"none of the {len(positives)} sentences of {concept.key!r} names it, so there is no name to replace: "
            "its experts cannot rest on the name"
        )
    test = Concept(f"{concept.key}, name replaced", changed, plan.negatives(concept)[0])
    return Library(plan.library.name, (test,)), {"named": named, "positives": len(positives)}

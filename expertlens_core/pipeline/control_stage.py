"""Two controls that need a run of the model: the name test, and random weights in the same architecture."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ..artefacts import ArtefactKey, Artefacts
from ..concepts import Concept, Library, draw_negatives, load_library, without_name
from ..errors import InputError
from ..models.label import model_label
from .finding import Found, find
from .plan import plan_find
from .positives import choose_positives
from .request import FindRequest
from .session import load_for

if TYPE_CHECKING:
    from ..models.language_model import LanguageModel
    from ..models.residency import ModelStore

Control = Literal["name test", "random weights"]
VERSION = 1
SEED = 0
"""Of the random weights."""
Progress = Callable[[int, int, str], None]
Check = Callable[[], bool]


def control_key(control: Control, found: Found) -> ArtefactKey:
    """Key of a control of one result: AP of every unit under it."""
    label = f"{control}, {found.concept.key} in {model_label(found.about['model'])}"
    return ArtefactKey(control, VERSION, {"expertise": found.digest, "seed": SEED}, "result", label)


def control_ap(control: Control, found: Found, artefacts: Artefacts) -> np.ndarray | None:
    """`[units]` AP under a control, or None where it has not been computed."""
    file = artefacts.get(control_key(control, found))
    return None if file is None else file.arrays["ap"]


def control_work(
    control: Control, artefacts: Artefacts, models: ModelStore
) -> Callable[[Mapping[str, Any], Progress, Check], None]:
    """What a job does: the control of one concept's result, kept in the cache.

    Args:
        control: which one.
        artefacts: the cache.
        models: models in memory; random weights of a large model need its room.
    """

    def work(request: Mapping[str, Any], progress: Progress, cancelled: Check) -> None:
        wanted = FindRequest.from_json(request)
        library = load_library(wanted.library)
        options: dict[str, Any] = {"artefacts": artefacts, "progress": progress, "cancelled": cancelled}
        (found,) = find(wanted, library=library, load=models.get, **options)
        if artefacts.has(control_key(control, found)):
            return
        if control == "name test":
            variant, told = renamed_library(wanted, library, found.concept, artefacts)
            (result,) = find(replace(wanted, names=(), pool=""), library=variant, load=models.get, **options)
        else:
            models.unload()
            told = {"weights": f"random, seed {SEED}"}
            model = untrained(load_for(wanted, artefacts))
            (result,) = find(wanted, library=library, model=model, **options)
        artefacts.computed(control_key(control, found), lambda: ({"ap": result.expertise.ap}, told))

    return work


def renamed_library(
    request: FindRequest, library: Library, concept: Concept, artefacts: Artefacts
) -> tuple[Library, dict[str, Any]]:
    """The concept with its name replaced in its positives, against the negatives of its own result.

    Raises:
        InputError: when none of the sentences names the concept.
    """
    positives = choose_positives(concept, request.positives)
    changed = tuple(without_name(sentence, concept.name) for sentence in positives)
    named = sum(before != after for before, after in zip(positives, changed))
    if not named:
        raise InputError(
            f"none of the {len(positives)} sentences of {concept.key!r} names it, so there is no name to replace: "
            "its experts cannot rest on the name"
        )
    negatives = concept.negatives
    if not negatives:
        pool = plan_find(request, library=library, artefacts=artefacts).pool
        if pool is None:
            raise RuntimeError("a concept without negatives of its own always has a pool")
        rows = draw_negatives(pool, concept, request.drawn(concept), request.seed, match=request.match)
        negatives = tuple(pool.sentences[row] for row in rows)
    test = Concept(f"{concept.key}, name replaced", changed, negatives)
    return Library(library.name, (test,)), {"named": named, "positives": len(positives)}


def untrained(model: LanguageModel, seed: int = SEED) -> LanguageModel:
    """A loaded model with its weights drawn anew by its own rule, in place; no other may hold it.

    Raises:
        InputError: when its architecture has no such rule.
    """
    import torch

    network = model.model
    before = next(network.parameters()).detach().clone()
    with torch.random.fork_rng(), torch.no_grad():
        torch.manual_seed(seed)
        for holder in (*network.modules(), *network.parameters(), *network.buffers()):
            vars(holder).pop("_is_hf_initialized", None)  # transformers leaves alone what it has loaded
        network.init_weights()
    if torch.equal(before, next(network.parameters())):
        raise InputError(
            f"the weights of {model.name!r} cannot be drawn anew: this control needs another model"
        )
    return replace(model, digest=f"random weights, seed {seed}, of {model.digest}")

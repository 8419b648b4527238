"""One unit: the sentences that drive it most, token by token, and the tokens that it pushes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...artefacts import ArtefactKey, digest_of
from ...models.label import model_label
from ...models.units import units_named
from ...run import Run
from ..finding.model_record import load_for, recipe_fields
from .unit_request import UnitRequest
from .unit_responses import UnitResponses, table_for, unit_responses

VERSION = 1
SHOWN = 8
"""Sentences of each kind."""


@dataclass(frozen=True, eq=False)
class Driving:
    """A sentence that drives a unit, as the model's tokens."""

    text: str
    owner: str
    """Key of the concept it is a positive sentence of; empty for none."""
    response: float
    pieces: tuple[str, ...]
    """See `TokenActivations`."""
    real: np.ndarray
    """`[tokens]` bool: False on special tokens."""
    values: np.ndarray
    """`[tokens]` float32 output of the unit."""


@dataclass(frozen=True, eq=False)
class UnitSeen:
    """What drives one unit, and what it pushes."""

    unit: str
    own: tuple[Driving, ...]
    """Sentences of the chosen concept, the strongest first."""
    every: tuple[Driving, ...]
    """Sentences of all that were read, the strongest first."""
    pushed: str
    """How its direction was found, or why it has none, see `Pushed`."""
    up: tuple[str, ...]
    """Tokens whose scores it raises most."""
    down: tuple[str, ...]
    """Tokens whose scores it lowers most."""
    ups: np.ndarray
    """`[tokens]` float64 effect on each of `up`, in standard deviations over all tokens."""
    downs: np.ndarray
    """`[tokens]` the same of `down`."""


def unit_seen(asked: UnitRequest, run: Run) -> UnitSeen:
    """Look at one unit: the sentences that drive it most, token by token, and the tokens that it pushes; kept.

    Raises as `unit_responses`.
    """
    read = unit_responses(asked, run)
    table = table_for(asked, run)
    plan = table.found.plan
    name = table.units.label(int(units_named(table.units, (asked.unit,))[0]))
    chosen = _strongest(read)
    fields = {
        **recipe_fields(plan.request, plan.known),
        "unit": name,
        "sentences": digest_of([[list(texts), owners] for texts, owners, _ in chosen]),
    }
    label = f"unit {name} in {model_label(plan.known.name)}"
    key = ArtefactKey("unit", VERSION, fields, "derived", label)
    return run.kept(UnitSeen, key, lambda: _made(asked, name, chosen, run))


def _strongest(read: UnitResponses) -> list[tuple[tuple[str, ...], tuple[str, ...], np.ndarray]]:
    """Of the concept's sentences, and of all: the strongest, their owners, and the responses."""
    made = []
    own = (read.concept,) * len(read.positives)
    for texts, owners, values in ((read.positives, own, read.on), (read.sentences, read.owners, read.values)):
        order = np.argsort(-values, kind="stable")  # NaN come last
        rows = [row for row in order[:SHOWN].tolist() if not np.isnan(values[row])]
        made.append((tuple(texts[row] for row in rows), tuple(owners[row] for row in rows), values[rows]))
    return made


def _made(
    asked: UnitRequest,
    name: str,
    chosen: list[tuple[tuple[str, ...], tuple[str, ...], np.ndarray]],
    run: Run,
) -> UnitSeen:
    from ...models.token_activations import token_activations
    from ...models.unembedding import pushed_tokens

    model = load_for(asked.find, run)
    ids = units_named(model.units, (name,))
    total, done = sum(len(texts) for texts, _, _ in chosen), 0
    parts = []
    for texts, owners, responses in chosen:
        found = []
        for text, owner, response in zip(texts, owners, responses.tolist()):
            run.check()
            run.progress(done, total, "reading the strongest sentences token by token")
            seen = token_activations(model, text, ids)
            found.append(Driving(text, owner, response, seen.pieces, seen.real, seen.values[:, 0]))
            done += 1
        parts.append(tuple(found))
    pushed = pushed_tokens(model, int(ids[0]))
    none = np.empty(0)
    ups, downs = (none if each is None else each for each in (pushed.ups, pushed.downs))
    return UnitSeen(name, parts[0], parts[1], pushed.told, pushed.up, pushed.down, ups, downs)

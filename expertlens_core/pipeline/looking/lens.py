"""Lens: a text's tokens coloured by concepts or units, and which concepts of the library it calls up."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ...errors import InputError
from ...models.units import units_named
from ...request import Field, Names, Request, request
from ...run import Run
from ..finding.model_record import load_for
from .lens_table import LensRequest, LensTable, lens_table

LONGEST = 100_000
"""Characters of a text."""


@request
class SeeRequest(Request):
    """See a text through the experts of a library's concepts."""

    lens: LensRequest = LensRequest()
    """The experts."""
    text: str = Field(default="", max_length=LONGEST)
    """The text."""
    shown: Names = ("cat",)
    """Concepts whose experts colour the tokens."""
    units: Names = ()
    """Units, by path:index, that colour them too."""


@dataclass(frozen=True, eq=False)
class Layer:
    """One colour over the text: a concept's experts, or one unit."""

    name: str
    is_unit: bool
    values: np.ndarray
    """`[tokens]` float32: mean of the experts in standard deviations from their mean over sentences without the
    concept; for a unit its output. NaN on special tokens."""
    shares: np.ndarray
    """`[tokens]` share of the concept's own sentences whose score is below; NaN for a unit, and on special tokens."""


@dataclass(frozen=True, eq=False)
class Seen:
    """A text through the lens."""

    pieces: tuple[str, ...]
    """Its tokens, see `TokenActivations`."""
    real: np.ndarray
    """`[tokens]` False on special tokens."""
    layers: tuple[Layer, ...]
    concepts: tuple[str, ...]
    """All concepts of the lens, the one that the text calls up most first."""
    above: np.ndarray
    """`[concepts]` score of the whole text, in standard deviations above sentences without the concept."""
    share_others: np.ndarray
    """`[concepts]` share of sentences without the concept whose score is below the text's."""
    share_own: np.ndarray
    """`[concepts]` share of the concept's own sentences whose score is below the text's."""
    cut: bool
    """Whether the end of the text was left out, the model taking no more."""


def see(asked: SeeRequest, run: Run) -> Seen:
    """A text's tokens and concepts; the lens is made first where it is not kept.

    Raises InputError for an empty text, an unknown concept or unit, and as `lens_table`.
    """
    from ...models.token_activations import token_activations

    if not asked.text.strip():
        raise InputError("there is no text to look at: write or paste some")
    table = lens_table(asked.lens, run)
    unknown = [name for name in asked.shown if name not in table.concepts]
    if unknown:
        raise InputError(
            f"the lens has no concept {unknown[0][:80]!r}: expected some of its {len(table.concepts)}, such as "
            f"{table.concepts[0]}"
        )
    model = load_for(asked.lens.find, run)
    parts = [table.unit_ids[table.of(name)] for name in asked.shown]
    ids = np.concatenate([*parts, units_named(model.units, asked.units)]).astype(np.int64)
    seen = token_activations(model, asked.text, ids, pooled_ids=table.pooled_ids)
    layers, first = [], 0
    for name, part in zip(asked.shown, parts):
        layers.append(_concept_layer(table, name, seen.values[:, first : first + len(part)]))
        first += len(part)
    for name, column in zip(asked.units, seen.values[:, first:].T):
        layers.append(Layer(name, True, column, np.full(len(column), np.nan)))
    hidden = np.where(seen.real, 0.0, np.nan).astype(np.float32)
    layers = [replace(each, values=each.values + hidden, shares=each.shares + hidden) for each in layers]
    scores = table.scores(seen.maxima[None])[0]
    above = table.above(scores)
    order = np.argsort(-above, kind="stable")
    return Seen(
        seen.pieces,
        seen.real,
        tuple(layers),
        tuple(table.concepts[number] for number in order),
        above[order],
        table.share_below(table.others, scores)[order],
        table.share_below(table.own, scores)[order],
        seen.cut,
    )


def _concept_layer(table: LensTable, name: str, values: np.ndarray) -> Layer:
    place = table.of(name)
    moved = ((values - table.means[place]) / table.deviations[place]).mean(axis=1, dtype=np.float64)
    own = table.own[table.concepts.index(name)]
    own = own[~np.isnan(own)]
    return Layer(name, False, moved.astype(np.float32), np.searchsorted(own, moved) / len(own))

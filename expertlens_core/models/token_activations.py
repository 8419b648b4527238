"""What units do at each token of one text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch

from .extraction import batch_of, make_forward
from .hooks import observing
from .language_model import LanguageModel
from .tokens import special_ids, tokenize


@dataclass(frozen=True, eq=False)
class TokenActivations:
    """A text as the model's tokens, and the outputs of some units at each of them."""

    pieces: tuple[str, ...]
    """Text of each token; special ones, which stand for no text, by their name. A character of several tokens stands at
    the first of them, the others are empty: the real pieces joined are the text."""
    real: np.ndarray
    """`[tokens]` bool: False on special tokens."""
    values: np.ndarray
    """`[tokens, units]` float32 outputs of the units asked for."""
    maxima: np.ndarray
    """`[pooled units]` float32 largest output over the real tokens: the response of each unit asked for."""
    cut: bool
    """Whether the text was longer than the model takes, and its end left out."""


def token_activations(
    model: LanguageModel,
    text: str,
    unit_ids: Sequence[int] | np.ndarray = (),
    *,
    pooled_ids: Sequence[int] | np.ndarray = (),
) -> TokenActivations:
    """The outputs of units at each token of a text, and the responses of others to the whole of it, in one pass.

    Args:
        model: any; an encoder too.
        text: with at least one token; cut where the model takes no more.
        unit_ids: flat ids of the units whose outputs are wanted, in any order.
        pooled_ids: flat ids of the units whose response is wanted.

    Raises InputError for a text without a token.
    """
    vocabulary = model.model.get_input_embeddings().num_embeddings
    tokens = tokenize(model.tokenizer, [text], model.max_tokens, vocabulary)
    batch = batch_of(model, tokens, np.array([0]), np.array([0]))
    wanted, pooled = (_by_module(model, np.asarray(ids, dtype=np.int64)) for ids in (unit_ids, pooled_ids))
    values = np.empty((len(tokens.ids[0]), len(unit_ids)), dtype=np.float32)
    maxima = np.empty(len(pooled_ids), dtype=np.float32)

    def observer(position: int, output: torch.Tensor) -> None:
        if (found := wanted.get(position)) is not None:
            places, columns = found
            values[:, places] = output[0, :, columns.to(output.device)].float().cpu().numpy()
        if (found := pooled.get(position)) is not None:
            places, columns = found
            chosen = output[0][:, columns.to(output.device)][batch.real[0]]
            maxima[places] = chosen.amax(dim=0).float().cpu().numpy()

    names = [module.path for module in model.units.modules]
    forward = make_forward(model)
    with torch.inference_mode(), observing(observer, batch.ids.shape, len(names), names):
        forward(batch)
    pieces = token_pieces(model.tokenizer, text, tokens.ids[0], tokens.real[0])
    return TokenActivations(pieces, tokens.real[0], values, maxima, bool(tokens.long[0]))


def _by_module(model: LanguageModel, ids: np.ndarray) -> dict[int, tuple[np.ndarray, torch.Tensor]]:
    """Module → places of its units among those asked for, and their columns in its output."""
    modules = model.units.module_of[ids]
    found = {}
    for position in np.unique(modules).tolist():
        places = np.flatnonzero(modules == position)
        found[position] = places, torch.from_numpy(ids[places] - model.units.offsets[position])
    return found


def token_pieces(tokenizer: Any, text: str, ids: np.ndarray, real: np.ndarray) -> tuple[str, ...]:
    """The piece of the text that each token stands for, see `TokenActivations`."""
    spans = _spans(tokenizer, text)
    names = tokenizer.convert_ids_to_tokens(ids.tolist())
    special = set(special_ids(tokenizer).tolist())
    pieces: list[str] = []
    read, place = 0, 0
    leading = next((i for i, each in enumerate(real) if each), 0)
    for number, (token, name) in enumerate(zip(ids.tolist(), names)):
        if not real[number] and (token in special or number < leading or spans is None):
            pieces.append(str(name))
            continue
        if spans is None or place >= len(spans):
            pieces.append(tokenizer.decode([token]))
            continue
        end = max(spans[place][1], read)
        pieces.append(text[read:end])
        read, place = end, place + 1
    return tuple(pieces)


def _spans(tokenizer: Any, text: str) -> list[tuple[int, int]] | None:
    """First and last character of each token of a text, without special ones; None for a tokenizer that cannot tell."""
    if not getattr(tokenizer, "is_fast", False):
        return None
    made = tokenizer(
        text, add_special_tokens=False, return_offsets_mapping=True, truncation=False, verbose=False
    )
    return [(int(start), int(end)) for start, end in made["offset_mapping"]]

"""The tokens that a unit pushes up and down: its direction in the residual stream, through the unembedding."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from transformers.pytorch_utils import Conv1D

from .discovery import discover
from .language_model import LanguageModel
from .units import UnitModule

MOST = 12
"""Tokens of each direction."""
_FINAL_NORM = re.compile(r"^(ln_f|norm|final_norm|final_layer_?norm)$")


@dataclass(frozen=True, eq=False)
class Pushed:
    """What one unit's output does to the next token's scores, as far as it goes straight there."""

    told: str
    """A sentence: how the direction was found, or why there is none."""
    up: tuple[str, ...] = ()
    """Tokens whose scores it raises most, the strongest first."""
    down: tuple[str, ...] = ()
    """Tokens whose scores it lowers most, the strongest first."""
    ups: np.ndarray | None = None
    """`[tokens]` float64 effect on each of `up`, in standard deviations over all tokens from their mean."""
    downs: np.ndarray | None = None
    """`[tokens]` the same of `down`."""


def pushed_tokens(model: LanguageModel, unit_id: int, most: int = MOST) -> Pushed:
    """The tokens that a unit's direction pushes up and down most.

    effect = W_U (w * d): d is the direction that the unit adds to the residual stream, w the final norm's weight, W_U
    the unembedding. Where the final norm subtracts the mean, so does this; what the norm divides by depends on the
    text, so effects are told in standard deviations over the vocabulary.

    The direction of a neuron (a unit of a map into the MLP) is its column of the map back; that of a unit of a map
    that ends in the residual stream is the axis that it is. Other units act through attention only.
    """
    module, index = model.units.locate(unit_id)
    head = model.model.get_output_embeddings() if model.causal else None
    if head is None:
        return Pushed("This model does not write, so its units push no tokens.")
    parent, block = _block(model.base, module)
    final = [each for name, each in parent.named_children() if _FINAL_NORM.match(name)]
    found = _direction(model, module, index, block)
    if isinstance(found, str):
        return Pushed(found)
    direction, told = found
    weight = head.weight.detach().float()
    if len(final) != 1 or weight.shape[1] != len(direction):
        return Pushed(
            "How this model gets from the residual stream to its tokens is not known here, so no tokens are shown."
        )
    effect = weight @ _through(final[0], direction).to(weight.device)
    spread = effect.std()
    effect = ((effect - effect.mean()) / (spread if spread > 0 else 1.0)).double().cpu()
    count = min(most, len(effect))
    up, down = torch.topk(effect, count), torch.topk(-effect, count)
    told += " The final norm's weight is folded in."
    tokenizer = model.tokenizer
    return Pushed(
        told,
        tuple(tokenizer.decode([int(each)]) for each in up.indices),
        tuple(tokenizer.decode([int(each)]) for each in down.indices),
        up.values.numpy(),
        -down.values.numpy(),
    )


def _block(base: Any, module: UnitModule) -> tuple[Any, Any]:
    """What holds the blocks, and the block of a module."""
    path = module.path.split(".")
    place = next(number for number, part in enumerate(path) if part.isdecimal() and int(part) == module.layer)
    return base.get_submodule(".".join(path[: place - 1])), base.get_submodule(".".join(path[: place + 1]))


def _direction(
    model: LanguageModel, module: UnitModule, index: int, block: Any
) -> tuple[torch.Tensor, str] | str:
    """What a unit adds to the residual stream where its value grows, `[hidden]`; a sentence where it adds nothing."""
    config: Any = model.base.config
    hidden = int(config.get_text_config().hidden_size)
    table = [each for each in discover(model.base).modules if each.layer == module.layer]
    ends = {each.kind: each for each in table if each.position == "output" and each.width == hidden}
    back, kind = ends.get("mlp"), module.kind
    if kind == "norm":
        return "This unit is a norm's output: its layer reads it, and it is not added to the residual stream."
    if kind in ends and module.path == ends[kind].path:  # the last in the block: it leads out of the part
        direction = torch.zeros(hidden)
        direction[index] = 1.0
        told = f"This unit is axis {index} of the residual stream: its value is added there."
    elif kind == "mlp" and back is not None:
        last = model.base.get_submodule(back.path)
        weight = last.weight.detach().float().cpu()  # type: ignore[operator]
        columns = weight if isinstance(last, Conv1D) else weight.T
        if len(columns) != module.width:
            return "This module computes several parts in one piece, so that its units have no direction of their own."
        direction = columns[index]
        told = "This unit is a neuron of the MLP: its direction is its column of the map back to the residual stream."
        if any(each.position == "pre-product" for each in table):
            told += " The neuron is a product of two units, so that its sign may be either."
    else:
        return "This unit does not write to the residual stream directly: it acts through attention."
    after = getattr(block, "post_feedforward_layernorm", None)
    if after is not None:  # these families norm what a part adds
        after = after if kind == "mlp" else block.post_attention_layernorm
        direction = _through(after, direction)
    return direction, told


def _through(norm: Any, direction: torch.Tensor) -> torch.Tensor:
    """A direction `[hidden]` through a norm, but for the number that it divides by.

    The norm's weight is read from what it does to a vector of 1 and -1, whose mean and scale the norm leaves alone:
    some families store it less 1.
    """
    probe = torch.ones(len(direction))
    probe[1::2] = -1.0
    with torch.inference_mode():
        plus, minus, moved = (
            norm(each.to(norm.weight).reshape(1, 1, -1)).float().cpu().reshape(-1)
            for each in (probe, -probe, probe + 3)
        )
    centres = (plus - moved).abs().mean() < 0.1 * (plus - minus).abs().mean()
    return (plus - minus) / 2 * probe * (direction - direction.mean() if centres else direction)

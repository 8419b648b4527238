"""A loaded language model with its table of units."""

from dataclasses import dataclass
from typing import Any

import torch

from .units import Units


@dataclass(frozen=True, eq=False)
class LanguageModel:
    """A model in memory, hooked once at loading; made by `load_model`."""

    name: str
    """What the user asked for: a built-in name, a hub id, or a local folder."""
    revision: str
    """The commit of a hub model, else ``""``."""
    digest: str
    """Identity of the weights for cache keys: hub id and commit, or a digest of the local files; with a
    mark where the tokenizer adds tokens that it does not declare as special."""
    state: list[Any]
    """What the files looked like when they were loaded, see `model_files.model_state`."""
    model: Any
    """The causal language model (with LM head) or encoder, in eval mode, hooks installed."""
    base: torch.nn.Module
    """The model without its LM head: what extraction runs."""
    tokenizer: Any
    units: Units
    device: torch.device
    dtype: torch.dtype
    attention: str
    """Attention implementation in use, e.g. ``"sdpa"``."""
    causal: bool
    """False for encoders: they can be probed but not generate."""
    max_tokens: int
    """Longest input that the model takes."""
    notes: tuple[str, ...] = ()
    """Sentences to show beside its results."""

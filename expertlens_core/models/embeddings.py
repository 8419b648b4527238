"""Embeddings: vectors of words and of sentences from the residual stream, the baselines of alignment.

The base model runs without its LM head and without an observer. Its hidden states come from transformers' own
recorder, which keeps what it records in a `ContextVar`: requests in other threads neither see nor change it.
"""

import inspect
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import torch

from ..errors import Cancelled, InputError
from .batches import Batch
from .extraction import batch_of, default_batches
from .language_model import LanguageModel
from .tokens import Tokens, tokenize

_BATCH_TOKENS = {"cuda": 8192}
"""By device, where fewer fit than in extraction: the states of all layers are held at once."""


@dataclass(frozen=True, eq=False)
class WordVectors:
    """Single-word embeddings. Arrays are read-only."""

    input: np.ndarray
    """`[words, input dims]` float32 mean of the input layer's embeddings of the word's tokens."""
    last: np.ndarray
    """`[words, dims]` float32 last hidden state of the word alone, mean over its tokens."""

    def __post_init__(self) -> None:
        for array in (self.input, self.last):
            array.flags.writeable = False


def word_vectors(model: LanguageModel, words: Sequence[str]) -> WordVectors:
    """Embedding of each word, from the input layer and from the last one.

    A word is written as it stands in running text, after a space, unless the tokenizer needs more tokens for
    that. Special tokens that the tokenizer adds are fed to the model and left out of both means.

    Source: docs/method.md, section 6; ACL submission figure 3.
    """
    spellings = [(f" {word.strip()}", word.strip()) for word in words]
    plain = partial(model.tokenizer, add_special_tokens=False)
    texts = [min(each, key=lambda text: len(plain(text)["input_ids"])) for each in spellings]
    tokens = _tokens(model, texts, model.max_tokens)
    table = model.model.get_input_embeddings().weight
    rows = [
        table[torch.from_numpy(ids[real]).to(table.device)].float().mean(dim=0).cpu().numpy()
        for ids, real in zip(tokens.ids, tokens.real)
    ]
    last = hidden_means(model, texts, np.eye(len(texts), dtype=bool), max_tokens=model.max_tokens)[:, -1]
    return WordVectors(np.array(rows), np.ascontiguousarray(last))


def hidden_means(
    model: LanguageModel,
    sentences: Sequence[str],
    groups: np.ndarray | None = None,
    *,
    max_tokens: int = 128,
    progress: Callable[[int, int], None] = lambda *_: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> np.ndarray:
    """Mean hidden state of groups of sentences, at every layer.

    A sentence's embedding is the mean over its real tokens (neither padding nor special ones); a group's is
    the mean over its sentences. Sums are kept in float64, so that batches and their order do not matter.

    Args:
        groups: `[groups, sentences]` bool, True where a sentence belongs to a group; None makes one group of
            all sentences. A group without a sentence becomes NaN.
        max_tokens, progress, cancelled: as in `extract_responses`.

    Returns `[groups, layers + 1, dims]` float32: the input to the first block, then the output of each block,
    the last one after the model's final norm. Where one is narrower (OPT-350m's last, which is projected down),
    it is filled up with zeros, which no cosine notices.

    Source: docs/method.md, section 6 (sentence embedding, mean-difference vector).
    """
    member = np.ones((1, len(sentences)), dtype=bool) if groups is None else groups
    if member.shape[1:] != (len(sentences),):
        raise InputError(
            f"groups of shape {member.shape} for {len(sentences)} sentences: expected one column for each"
        )
    tokens = _tokens(model, sentences, min(max_tokens, model.max_tokens))
    options: dict[str, Any] = {"output_hidden_states": True, "return_dict": True}
    if "use_cache" in inspect.signature(model.base.forward).parameters:
        options["use_cache"] = False
    sums: Any = 0.0
    done = 0
    for rows in default_batches(model, tokens.lengths, _BATCH_TOKENS.get(model.device.type)):
        if cancelled():
            raise Cancelled(f"embedding was stopped after {done} of {len(sentences)} sentences")
        batch = batch_of(model, tokens, rows, rows)
        with torch.inference_mode():
            states = model.base(batch.ids, attention_mask=batch.attention, **options).hidden_states
            widest = max(state.shape[-1] for state in states)
            means = torch.stack([_masked_mean(state, batch, widest) for state in states], dim=1).cpu().numpy()
        flat = means.reshape(len(rows), -1).astype(np.float64)
        sums = sums + (member[:, rows].astype(np.float64) @ flat).reshape(len(member), *means.shape[1:])
        done += len(rows)
        progress(done, len(sentences))
    counts = member.sum(axis=1, dtype=np.float64)[:, None, None]
    empty = np.full(sums.shape, np.nan)
    return np.divide(sums, counts, out=empty, where=counts > 0).astype(np.float32)


def _masked_mean(state: torch.Tensor, batch: Batch, width: int) -> torch.Tensor:
    kept = state.float().masked_fill(~batch.real[..., None], 0)
    mean = kept.sum(dim=1) / batch.real.sum(dim=1)[:, None]
    return torch.nn.functional.pad(mean, (0, width - mean.shape[-1]))


def _tokens(model: LanguageModel, texts: Sequence[str], limit: int) -> Tokens:
    return tokenize(model.tokenizer, texts, limit, model.model.get_input_embeddings().num_embeddings)

"""Perplexity: how surprising a continuation is to the unsteered model."""

from collections.abc import Sequence

import numpy as np
import torch

from ..models.language_model import LanguageModel
from .prompt import encode_prompt, token_ids

LOGITS_AT_ONCE = 1 << 25
"""Upper bound on batch x tokens x vocabulary of one pass: 128 MiB in float32."""


def perplexity(model: LanguageModel, prompt: str, texts: Sequence[str]) -> np.ndarray:
    """Perplexity of each continuation under the unsteered model: exp of the mean negative log-likelihood.

    Prompt and continuation are tokenised as one text, which need not give the tokens that were drawn; those
    from the first that differs from the prompt's own tokens on are counted. Texts beyond the model's context
    are cut there. `[texts]` float64; NaN for a text without a token. Raises as `encode_prompt`.
    """
    start = encode_prompt(model, prompt)
    lead = [] if token_ids(model, prompt) else start
    sequences = [(lead + token_ids(model, prompt + text))[: model.max_tokens] for text in texts]
    order = sorted(range(len(texts)), key=lambda i: len(sequences[i]))
    vocabulary = model.model.config.get_text_config().vocab_size
    result = np.full(len(texts), np.nan)
    while order:
        rows = max(1, LOGITS_AT_ONCE // (len(sequences[order[-1]]) * vocabulary))
        batch, order = order[-rows:], order[:-rows]
        result[batch] = _perplexities(model, [sequences[i] for i in batch], start)
    return result


@torch.inference_mode()
def _perplexities(model: LanguageModel, sequences: list[list[int]], start: list[int]) -> np.ndarray:
    lengths = torch.tensor([len(sequence) for sequence in sequences])
    shared = torch.tensor([_common(sequence, start) for sequence in sequences])
    ids = torch.zeros((len(sequences), int(lengths.max())), dtype=torch.long)
    for row, sequence in enumerate(sequences):
        ids[row, : len(sequence)] = torch.tensor(sequence)
    places = torch.arange(ids.shape[1])
    mask = (places < lengths[:, None]).long()
    inputs = {"input_ids": ids.to(model.device), "attention_mask": mask.to(model.device)}
    logits = model.model(**inputs, use_cache=False).logits[:, :-1].flatten(0, 1).float()
    targets = ids[:, 1:].flatten().to(logits.device)
    losses = torch.nn.functional.cross_entropy(logits, targets, reduction="none").cpu().double()
    counted = (places[1:] >= shared[:, None]) & (mask[:, 1:] > 0)
    means = (losses.view(len(sequences), -1) * counted).sum(1) / counted.sum(1)  # 0 / 0 is NaN: no token
    return torch.exp(means).numpy()


def _common(ids: list[int], start: list[int]) -> int:
    """Length of the common beginning of two token lists, at least 1: nothing predicts the first token."""
    differing = (i for i, (a, b) in enumerate(zip(ids, start)) if a != b)
    return max(1, next(differing, min(len(ids), len(start))))

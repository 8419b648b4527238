"""The decoding loop: one forward pass per token for all rows of a batch, each with its own intervention."""

import inspect
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch

from ..errors import InputError
from ..models.hooks import observing
from ..models.language_model import LanguageModel
from .edits import Edits
from .prompt import added_before, end_tokens
from .row import Row, Settings

Tokens = list[int | None]
"""`[rows]` tokens of one step; ``None`` for a row that has ended."""


def decode_steps(
    model: LanguageModel, prompt: Sequence[int], rows: Sequence[Row], settings: Settings
) -> Iterator[Tokens]:
    """Yield the tokens of all rows, step by step.

    The prompt runs once per distinct intervention and its cache is then repeated for the rows. Rows that have
    ended leave the batch. Across a ``yield`` nothing is held but local variables, so a loop that is abandoned
    leaves no trace.

    Raises InputError when a row's logits are not numbers; SilentModuleError when a hooked module takes no part in a
    steered pass.
    """
    ends = end_tokens(model)
    steps = min(settings.max_new_tokens, model.max_tokens - len(prompt))
    streams = {
        sample: sample_uniforms(settings.seed, sample, steps) for sample in {row.sample for row in rows}
    }
    uniforms = torch.from_numpy(np.stack([streams[row.sample] for row in rows])).to(model.device)
    distinct = list(dict.fromkeys(row.intervention for row in rows))
    edits = None if distinct == [None] else Edits.of(model.units, distinct)
    skip = added_before(model, prompt) if settings.skip_bos else 0
    mask = torch.ones((len(rows), len(prompt) + steps), dtype=torch.long, device=model.device)
    ids = torch.tensor([list(prompt)] * len(distinct), device=model.device)
    running = list(range(len(rows)))
    batch = [distinct.index(row.intervention) for row in rows]
    cache: Any = None
    for step in range(steps):
        if settings.cancelled is not None and settings.cancelled():
            return
        with torch.inference_mode():
            steering = edits if step or settings.steer_prompt else None
            seen = mask[: len(ids), : len(prompt) + step]
            logits, cache = _forward(model, ids, seen, cache, steering, 0 if step else skip)
            if step == 0 and batch != list(range(len(distinct))):
                chosen = torch.tensor(batch)
                logits, edits = logits[chosen.to(logits.device)], edits and edits.select(chosen)
                cache.batch_select_indices(chosen.to(logits.device))
            tokens = next_tokens(logits, uniforms[running, step], settings.temperature, settings.top_p)
        _check(tokens, logits.shape[-1], running, rows)
        result: Tokens = [None] * len(rows)
        for row, token in zip(running, tokens):
            result[row] = token
        yield result
        going = [i for i, token in enumerate(tokens) if token not in ends]
        if not going:
            return
        if len(going) < len(running):
            chosen = torch.tensor(going)
            running, tokens = [running[i] for i in going], [tokens[i] for i in going]
            edits = edits and edits.select(chosen)
            with torch.inference_mode():
                cache.batch_select_indices(chosen.to(model.device))
        ids = torch.tensor(tokens, device=model.device)[:, None]


def _forward(
    model: LanguageModel, ids: torch.Tensor, mask: torch.Tensor, cache: Any, edits: Edits | None, skip: int
) -> tuple[torch.Tensor, Any]:
    """Logits `[batch, vocabulary]` after the last position, and the cache grown by `ids`."""
    inputs = {"input_ids": ids, "attention_mask": mask, "past_key_values": cache, "use_cache": True}
    if ids.shape[1] > 1 and "logits_to_keep" in inspect.signature(model.model.forward).parameters:
        # A tensor, not 1: the slice that 1 makes is not contiguous, and on the CPU in bfloat16 the LM head
        # then copies its whole weight once per row.
        inputs["logits_to_keep"] = torch.tensor([ids.shape[1] - 1], device=ids.device)
    if edits is None:
        output = model.model(**inputs)
    else:
        names = [module.path for module in model.units.modules]
        with observing(edits.observer(skip), ids.shape, len(names), names):
            output = model.model(**inputs)
    return output.logits[:, -1], output.past_key_values


def _check(tokens: Sequence[int], vocabulary: int, running: Sequence[int], rows: Sequence[Row]) -> None:
    for row, token in zip(running, tokens):
        if token >= vocabulary:
            intervention = rows[row].intervention
            how = f" ({intervention.label}, strength {intervention.strength:g})" if intervention else ""
            raise InputError(
                f"row {row}{how}: the model's output is no longer a number; lower the strength or the number "
                "of experts, or load the model in float32"
            )


def sample_uniforms(seed: int, sample: int, steps: int) -> np.ndarray:
    """Uniform numbers of one sample, `[steps]` float32 in [0, 1).

    They come from a counter-based generator keyed by (seed, sample) alone: other rows of the batch, other
    threads and the number of steps asked for do not change them.
    """
    generator = np.random.Generator(np.random.Philox(np.random.SeedSequence((seed, sample))))
    return np.minimum(generator.random(steps), 1 - 2.0**-23).astype(np.float32)


def next_tokens(logits: torch.Tensor, uniforms: torch.Tensor, temperature: float, top_p: float) -> list[int]:
    """Draw one token per row by inverting its cumulative distribution; temperature 0 takes the likeliest.

    Rows that share a uniform number and have the same logits draw the same token. `top_p` keeps the likeliest
    tokens until their probabilities reach it, always at least one, and draws among them in vocabulary order.

    Args:
        logits: `[rows, vocabulary]`, any floating type; computed in float32.
        uniforms: `[rows]` float32 in [0, 1), on the logits' device.
        temperature: divides the logits; 0 or more.
        top_p: in (0, 1]; 1 keeps every token.

    Returns `[rows]` token ids; a row whose logits are not numbers gets the vocabulary's size.
    """
    logits = logits.float()
    if temperature == 0:
        best, tokens = logits.max(dim=-1)
        return torch.where(best == best, tokens, logits.shape[-1]).tolist()  # NaN differs from itself
    probabilities = torch.softmax(logits if temperature == 1 else logits / temperature, dim=-1)
    if top_p < 1:
        descending, order = probabilities.sort(dim=-1, descending=True, stable=True)
        beyond = descending.cumsum(dim=-1) - descending >= top_p
        probabilities = torch.zeros_like(probabilities).scatter_(
            -1, order, descending.masked_fill_(beyond, 0)
        )
    cumulative = probabilities.cumsum(dim=-1)
    # A uniform of at most 1 - 2^-23 times the total stays below the total also after rounding.
    thresholds = uniforms[:, None] * cumulative[:, -1:]
    return torch.searchsorted(cumulative, thresholds, right=True)[:, 0].tolist()

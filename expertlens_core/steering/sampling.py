"""Sampling: from logits and one uniform number per row to the next tokens."""

import numpy as np
import torch


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

    Returns:
        `[rows]` token ids; a row whose logits are not numbers gets the vocabulary's size.
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

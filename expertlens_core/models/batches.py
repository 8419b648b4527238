"""Batches: which sentences run together, as padded input, and a module's output pooled to one value per sentence."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch

from .units import Pooling


def plan_batches(lengths: np.ndarray, budget: int, overhead: int) -> list[np.ndarray]:
    """Split sentences into batches of similar length at the least estimated cost.

    The cost of a batch is rows x longest row + `overhead` tokens, and it has at most `budget` tokens, padding
    included; a longer sentence runs alone. Neighbouring lengths share a batch where the padding costs less than
    another start of the model. Solved exactly over the distinct lengths (`[sentences]` tokens) by dynamic programming.

    Returns row numbers of each batch, most tokens first: what a batch frees is room enough for the next, and
    memory that is too small shows at once.
    """
    order = np.argsort(-lengths, kind="stable")
    distinct, counts = np.unique(-lengths, return_counts=True)
    distinct = -distinct
    ends = np.concatenate([[0], np.cumsum(counts)])

    def batches(start: int, end: int) -> int:
        """How many batches hold the sentences of these distinct lengths."""
        return -(-int(ends[end] - ends[start]) // max(1, budget // int(distinct[start])))

    best, start_of = [0.0], [0]
    for end in range(1, len(ends)):
        costs = [
            best[start] + int(ends[end] - ends[start]) * int(distinct[start]) + batches(start, end) * overhead
            for start in range(end)
        ]
        start_of.append(int(np.argmin(costs)))
        best.append(min(costs))
    plan: list[np.ndarray] = []
    end = len(ends) - 1
    while end > 0:
        start = start_of[end]
        parts = np.array_split(order[ends[start] : ends[end]], batches(start, end))
        plan = [part for part in parts if len(part)] + plan
        end = start
    return sorted(plan, key=lambda rows: -len(rows) * int(lengths[rows].max()))


@dataclass(frozen=True, eq=False)
class Batch:
    """Some sentences as model input, and where their real tokens are."""

    rows: torch.Tensor
    """`[batch]` int64 row number of each sentence in the result."""
    ids: torch.Tensor
    """`[batch, tokens]` token ids, padded."""
    attention: torch.Tensor | None
    """`[batch, tokens]` int64, 0 on padding; ``None`` where nothing is padded."""
    real: torch.Tensor
    """`[batch, tokens]` bool: neither padding nor special."""
    first: torch.Tensor
    """`[batch]` position of the first real token."""
    last: torch.Tensor
    """`[batch]` position of the last real token."""
    core: tuple[int, int]
    """Positions that are real in every row, as a half-open span; empty when there is none."""
    fringes: tuple[tuple[int, int], ...]
    """Spans outside the core that are real in some row."""
    same_first: int | None
    """Position of the first real token where all rows agree."""

    def to(self, device: torch.device) -> Batch:
        """The same batch on another device."""
        names = ("rows", "ids", "attention", "real", "first", "last")
        moved = {name: value.to(device) for name in names if (value := getattr(self, name)) is not None}
        return replace(self, **moved)


def make_batch(
    ids: list[np.ndarray],
    real: list[np.ndarray],
    rows: np.ndarray,
    *,
    fill: int,
    left: bool = False,
    width: int | None = None,
    device: torch.device,
) -> Batch:
    """Pad sentences to one length (`width`, or the longest) and note where their real tokens are."""
    width = width or max(len(row) for row in ids)
    padded = np.full((len(ids), width), fill, dtype=np.int64)
    mask = np.zeros((len(ids), width), dtype=bool)
    attention = np.zeros((len(ids), width), dtype=np.int64)
    for i, (tokens, is_real) in enumerate(zip(ids, real)):
        span = slice(width - len(tokens), width) if left else slice(0, len(tokens))
        padded[i, span], mask[i, span], attention[i, span] = tokens, is_real, 1
    first = mask.argmax(axis=1)
    last = width - 1 - mask[:, ::-1].argmax(axis=1)
    core, fringes = _spans(np.all(mask, axis=0), np.any(mask, axis=0))
    return Batch(
        rows=torch.from_numpy(rows).to(device),
        ids=torch.from_numpy(padded).to(device),
        attention=None if attention.all() else torch.from_numpy(attention).to(device),
        real=torch.from_numpy(mask).to(device),
        first=torch.from_numpy(first).to(device),
        last=torch.from_numpy(last).to(device),
        core=core,
        fringes=fringes,
        same_first=int(first[0]) if (first == first[0]).all() else None,
    )


def pool(output: torch.Tensor, batch: Batch, pooling: Pooling) -> tuple[torch.Tensor, torch.Tensor | None]:
    """Pool `[batch, tokens, width]` to float32 `[batch, width]`.

    Formula: max over real tokens (`max`), their mean (`mean`), the value at the last one (`last`), or the max
    over all positions, padding and special tokens included (`selfcond-2022`).

    Returns the pooled values and, for `max`, how many of them stand on the first real token (a scalar tensor; a
    tie counts for the first token).
    """
    if pooling == "selfcond-2022":
        return output.amax(dim=1).float(), None
    if pooling == "last":
        index = torch.arange(len(output), device=output.device)
        return output[index, batch.last].float(), None
    if pooling == "mean":
        masked = output.masked_fill(~batch.real[..., None], 0)
        return masked.sum(dim=1, dtype=torch.float32) / batch.real.sum(dim=1)[:, None], None
    start, stop = batch.core
    best = output[:, start:stop].amax(dim=1) if stop > start else None
    for start, stop in batch.fringes:
        hidden = ~batch.real[:, start:stop, None]
        fringe = output[:, start:stop].masked_fill(hidden, -torch.inf).amax(dim=1)
        best = fringe if best is None else torch.maximum(best, fringe)
    if best is None:
        raise ValueError("a batch without real tokens: expected at least one in each sentence")
    if batch.same_first is not None:
        at_first = output[:, batch.same_first]
    else:
        at_first = output[torch.arange(len(output), device=output.device), batch.first]
    return best.float(), (at_first == best).sum()


def _spans(
    everywhere: np.ndarray, somewhere: np.ndarray
) -> tuple[tuple[int, int], tuple[tuple[int, int], ...]]:
    """The longest span that is real in every row, and the spans that are real in some, outside it."""
    core = max(_runs(everywhere), key=lambda run: run[1] - run[0], default=(0, 0))
    outside = somewhere.copy()
    outside[core[0] : core[1]] = False
    return core, tuple(_runs(outside))


def _runs(flags: np.ndarray) -> list[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    return [(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2])]

"""Extraction: from sentences to responses, pooled inside the hooks while the base model runs."""

import inspect
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch

from ..errors import Cancelled, InputError
from .batches import Batch, make_batch, plan_batches, pool
from .hooks import observing
from .language_model import LanguageModel
from .tokens import Tokens, padding_id, tokenize
from .units import POOLINGS, Pooling, Responses

_BATCH = {"small cpu": (640, 64), "cpu": (160, 16), "mps": (8192, 512), "cuda": (32768, 4096)}
"""By device: most tokens of a batch, and what starting one costs in tokens (docs/benchmarks.md).

On a CPU a small model needs more rows to keep the cores busy. A larger one has enough with few, and what a batch
holds in passing stays small beside the responses."""
_SMALL = 10_000_000
"""Parameters of the base model below which it is small."""


def extract_responses(
    model: LanguageModel,
    sentences: Sequence[str],
    *,
    pooling: Pooling = "max",
    max_tokens: int = 128,
    batch_tokens: int | None = None,
    padding_side: str = "right",
    progress: Callable[[int, int], None] = lambda *_: None,
    cancelled: Callable[[], bool] = lambda: False,
    out: Sequence[Any] | None = None,
) -> Responses:
    """Response of every unit to every sentence (docs/method.md, section 3).

    The base model runs without its LM head; each module's output is pooled inside its hook, on its device,
    and only `[batch, width]` leaves it. In float32 the result does not depend on batches, their order or the
    padding side, but for the last digits; in half precision it varies with them (docs/method.md). When memory
    runs out, the batch is halved and the work goes on.

    Args:
        pooling: over the real tokens: ``max``, ``mean`` or ``last``; or ``selfcond-2022``, which pads on the
            right to `max_tokens` and takes the max over all positions, padding and special tokens included,
            and drops longer sentences.
        max_tokens: longer sentences are cut (and counted), special tokens included.
        batch_tokens: most tokens of one batch; ``None`` takes a value for the device.
        padding_side: ``right`` or ``left``; a check, since the result is the same.
        progress: called with sentences done and in all after each batch; `cancelled` is asked before it.
        out: one float32 array per module, `[sentences, width]`, to write into (a memory map, for example).

    Raises InputError for bad options, no sentence, or a sentence without text; Cancelled when `cancelled` said so;
    finished rows stay in `out`.
    """
    limit = _token_limit(model, pooling, max_tokens, padding_side)
    tokens = tokenize(model.tokenizer, sentences, limit, model.model.get_input_embeddings().num_embeddings)
    kept = np.flatnonzero(~tokens.long) if pooling == "selfcond-2022" else np.arange(len(sentences))
    if not len(kept):
        raise InputError(
            f"all {len(sentences)} sentences are longer than {limit} tokens, which selfcond-2022 drops: "
            "expected shorter ones; shorten them or choose another pooling"
        )
    values = _result_arrays(model, len(kept), out)
    lengths = np.full(len(kept), limit) if pooling == "selfcond-2022" else tokens.lengths[kept]
    pending = default_batches(model, lengths, batch_tokens)[::-1]
    first_hits = torch.zeros(len(values), dtype=torch.int64, device=model.device)
    forward = make_forward(model)
    names = [module.path for module in model.units.modules]
    done, most_rows = 0, len(kept)
    while pending:
        if cancelled():
            raise Cancelled(f"extraction was stopped after {done} of {len(kept)} sentences")
        rows = pending.pop()
        if len(rows) > most_rows:
            pending += np.array_split(rows, -(-len(rows) // most_rows))[::-1]
            continue
        width = limit if pooling == "selfcond-2022" else None
        batch = batch_of(model, tokens, kept[rows], rows, left=padding_side == "left", width=width)
        hits: dict[int, torch.Tensor] = {}
        if not _ran(lambda: run_batch(forward, batch, pooling, values, hits, names), len(rows)):  # noqa: B023
            most_rows = -(-len(rows) // 2)
            pending.append(rows)
            continue
        if hits:
            first_hits += torch.stack([hits[position] for position in range(len(values))])
        done += len(rows)
        progress(done, len(kept))
    shares = np.full(len(values), np.nan)
    if pooling == "max":
        shares = first_hits.cpu().numpy() / [len(kept) * module.width for module in model.units.modules]
    return Responses(
        units=model.units,
        values=tuple(values),
        first_token_share=shares,
        truncated=int(tokens.long.sum()),
        kept=kept if pooling == "selfcond-2022" else None,
    )


def _token_limit(model: LanguageModel, pooling: str, max_tokens: int, padding_side: str) -> int:
    if pooling not in POOLINGS:
        raise InputError(f"unknown pooling {pooling!r}: expected one of {', '.join(POOLINGS)}")
    if padding_side not in ("left", "right"):
        raise InputError(f"unknown padding side {padding_side!r}: expected 'left' or 'right'")
    if max_tokens < 1:
        raise InputError(f"the token limit is {max_tokens}: expected at least 1")
    if pooling == "selfcond-2022" and (padding_side == "left" or max_tokens > model.max_tokens):
        raise InputError(
            f"selfcond-2022 pads on the right to {max_tokens} tokens, {model.name!r} takes "
            f"{model.max_tokens}: expected right padding and a limit that fits; lower it or choose "
            "another pooling"
        )
    return min(max_tokens, model.max_tokens)


def _result_arrays(model: LanguageModel, rows: int, out: Sequence[Any] | None) -> list[Any]:
    shapes = [(rows, module.width) for module in model.units.modules]
    if out is None:
        if model.device.type == "cpu":
            return [np.empty(shape, dtype=np.float32) for shape in shapes]
        return [torch.empty(shape, dtype=torch.float32, device=model.device) for shape in shapes]
    given = [tuple(array.shape) for array in out]
    if given != shapes:
        wrong = next(
            (i for i, (a, b) in enumerate(zip(given, shapes)) if a != b), min(len(given), len(shapes))
        )
        raise ValueError(
            f"out has {len(given)} arrays for {len(shapes)} modules, first mismatch at {wrong}: expected "
            f"float32 arrays of shapes {shapes[:3]}..."
        )
    return list(out)


def default_batches(
    model: LanguageModel, lengths: np.ndarray, batch_tokens: int | None = None
) -> list[np.ndarray]:
    """The batches that extraction uses for sentences of these lengths on the model's device."""
    place = model.device.type
    if place == "cpu" and sum(weights.numel() for weights in model.base.parameters()) < _SMALL:
        place = "small cpu"
    tokens, overhead = _BATCH[place]
    return plan_batches(lengths, batch_tokens or tokens, overhead)


def first_position(base: torch.nn.Module) -> int:
    """Position of a text's first token: families that keep a row for padding (RoBERTa) count from behind it."""
    table = getattr(getattr(base, "embeddings", None), "position_embeddings", None)
    padding = getattr(table, "padding_idx", None)
    return 0 if padding is None else int(padding) + 1


def make_forward(model: LanguageModel) -> Callable[[Batch], Any]:
    """The base model as a function of a batch, with what its family needs."""
    takes = inspect.signature(model.base.forward).parameters
    first = first_position(model.base)
    fixed = {"use_cache": False} if "use_cache" in takes else {}

    def forward(batch: Batch) -> Any:
        named: dict[str, Any] = dict(fixed, attention_mask=batch.attention)
        shifted = batch.attention is not None and bool((batch.attention[:, 0] == 0).any())
        if shifted and batch.attention is not None and "position_ids" in takes:
            named["position_ids"] = (batch.attention.cumsum(dim=1) - 1).clamp(min=0) + first
        return model.base(batch.ids, **named)

    return forward


def batch_of(
    model: LanguageModel,
    tokens: Tokens,
    chosen: np.ndarray,
    rows: np.ndarray,
    *,
    left: bool = False,
    width: int | None = None,
) -> Batch:
    """The sentences `chosen` as one batch, whose values go to `rows` of the result."""
    ids, real = ([every[number] for number in chosen] for every in (tokens.ids, tokens.real))
    fill = padding_id(model.tokenizer)
    return make_batch(ids, real, rows, fill=fill, left=left, width=width, device=model.device)


def run_batch(
    forward: Callable[[Batch], Any],
    batch: Batch,
    pooling: Pooling,
    values: list[Any],
    hits: dict[int, torch.Tensor],
    names: Sequence[str],
) -> None:
    """One forward pass; the pooled values go to `values`, the maxima on the first token to `hits`."""
    host_rows = batch.rows.cpu().numpy() if isinstance(values[0], np.ndarray) else None
    home = batch.ids.device
    on_devices = {home: batch}

    def observer(position: int, output: torch.Tensor) -> None:
        here = output.device  # a split model's modules are on several
        if here not in on_devices:
            on_devices[here] = batch.to(here)
        pooled, on_first = pool(output, on_devices[here], pooling)
        if host_rows is not None:
            values[position][host_rows] = pooled.cpu().numpy()
        else:
            values[position].index_copy_(0, batch.rows, pooled.to(home))
        if on_first is not None:
            hits[position] = on_first.to(home)

    with torch.inference_mode(), observing(observer, batch.ids.shape, len(values), names):
        forward(batch)


def _ran(step: Callable[[], None], rows: int) -> bool:
    """Run `step`; False when memory ran out and fewer rows may still fit."""
    try:
        step()
    except RuntimeError as error:
        said = str(error).lower()
        signs = ("can't allocate memory", "not enough memory", "out of memory")
        full = isinstance(error, torch.cuda.OutOfMemoryError) or any(sign in said for sign in signs)
        if rows == 1 or not full:
            raise
    else:
        return True
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    return False

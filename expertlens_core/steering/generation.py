"""Generation: original, steered and control rows of one request, streamed side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from ..errors import Cancelled, InputError
from ..models.language_model import LanguageModel
from .decoding import decode_steps
from .prompt import added_before, encode_prompt, end_tokens
from .row import Row
from .settings import Settings
from .text_stream import TextStream, continuation

Stop = Literal["", "end", "length", "context"]
"""Why a row ended: an end token, `max_new_tokens`, or the model's context; empty while it runs."""


@dataclass(frozen=True, slots=True)
class Step:
    """What one forward pass added to each row."""

    index: int
    """Number of the step, from 0."""
    tokens: tuple[int | None, ...]
    """`[rows]` new token; ``None`` for a row that had ended before."""
    text: tuple[str, ...]
    """`[rows]` text that became readable; empty inside a character of several tokens."""
    stops: tuple[Stop, ...]
    """`[rows]` why the row has ended, empty while it runs."""
    steered: tuple[bool, ...]
    """`[rows]` True where an intervention took part in the pass and every hooked module was seen to fire."""

    @property
    def finished(self) -> tuple[bool, ...]:
        """`[rows]` True once a row has ended."""
        return tuple(bool(stop) for stop in self.stops)


def generate(
    model: LanguageModel,
    prompt: str,
    rows: Sequence[Row],
    *,
    max_new_tokens: int = 80,
    temperature: float = 1.0,
    top_p: float = 1.0,
    seed: int = 0,
    cancelled: Callable[[], bool] | None = None,
    steer_prompt: bool = True,
    skip_bos: bool = True,
) -> Iterator[Step]:
    """Continue a prompt in several rows at once, step by step.

    Rows of one sample share one uniform number per step, so that they differ by their interventions only. A
    row draws the same tokens alone as in any batch, up to the rounding of the model's matrix products.
    Rule ``set`` holds at every position, the prompt included, a leading BOS excluded.

    Args:
        model: a causal language model.
        prompt: text to continue; empty starts from BOS where the model has one.
        rows: what to generate.
        max_new_tokens, temperature, top_p, seed, cancelled, steer_prompt, skip_bos: see `Settings`.

    Returns:
        An iterator of steps. It may be abandoned at any step: nothing of it stays in the model, the thread
        or the context.

    Raises:
        InputError: at once for a bad prompt, setting or row; later when a steered model stops giving numbers.
    """
    settings = Settings(max_new_tokens, temperature, top_p, seed, cancelled, steer_prompt, skip_bos)
    ids = encode_prompt(model, prompt)
    _check_rows(model, rows)
    return _steps(model, ids, list(rows), settings)


def _steps(model: LanguageModel, prompt: list[int], rows: list[Row], settings: Settings) -> Iterator[Step]:
    ends = end_tokens(model)
    room = model.max_tokens - len(prompt)
    last = min(settings.max_new_tokens, room) - 1
    full: Stop = "length" if settings.max_new_tokens <= room else "context"
    steered = tuple(row.intervention is not None for row in rows)
    skip = added_before(model, prompt) if settings.skip_bos else 0
    first = settings.steer_prompt and len(prompt) > skip
    streams = [TextStream(model.tokenizer, prompt) for _ in rows]
    stops: list[Stop] = [""] * len(rows)
    for index, tokens in enumerate(decode_steps(model, prompt, rows, settings)):
        text = [""] * len(rows)
        for row, token in enumerate(tokens):
            if token is None:
                continue
            if token in ends:
                text[row] = streams[row].flush()
                stops[row] = "end"
            else:
                text[row] = streams[row].push(token)
                if index == last:
                    text[row] += streams[row].flush()
                    stops[row] = full
        labels = steered if index or first else (False,) * len(rows)
        yield Step(index, tuple(tokens), tuple(text), tuple(stops), labels)


def generate_texts(
    model: LanguageModel,
    prompt: str,
    rows: Sequence[Row],
    *,
    rows_per_batch: int = 64,
    progress: Callable[[int, int], None] | None = None,
    max_new_tokens: int = 80,
    temperature: float = 1.0,
    top_p: float = 1.0,
    seed: int = 0,
    cancelled: Callable[[], bool] | None = None,
    steer_prompt: bool = True,
    skip_bos: bool = True,
) -> list[str]:
    """Continuations of a prompt, one per row, without the prompt.

    The same texts as `generate` streams, decoded once at the end and in batches of at most `rows_per_batch`
    rows; the split does not change a text.

    Args:
        model: a causal language model.
        prompt: text to continue.
        rows: what to generate, in any number.
        rows_per_batch: how many rows run at once; bounds the memory.
        progress: called with texts done and in all after each batch.
        max_new_tokens, temperature, top_p, seed, cancelled, steer_prompt, skip_bos: see `Settings`.

    Returns:
        `[rows]` texts.

    Raises:
        InputError: as `generate`.
        Cancelled: when `cancelled` said so.
    """
    settings = Settings(max_new_tokens, temperature, top_p, seed, cancelled, steer_prompt, skip_bos)
    ids = encode_prompt(model, prompt)
    _check_rows(model, rows)
    if rows_per_batch < 1:
        raise InputError(f"rows_per_batch is {rows_per_batch}: expected at least 1")
    ends = end_tokens(model)
    texts: list[str] = []
    for start in range(0, len(rows), rows_per_batch):
        batch = list(rows[start : start + rows_per_batch])
        written: list[list[int]] = [[] for _ in batch]
        for tokens in decode_steps(model, ids, batch, settings):
            for row, token in zip(written, tokens):
                if token is not None and token not in ends:
                    row.append(token)
        if cancelled is not None and cancelled():
            raise Cancelled(f"generation was stopped after {len(texts)} of {len(rows)} texts")
        texts += [continuation(model.tokenizer, ids, row) for row in written]
        if progress is not None:
            progress(len(texts), len(rows))
    return texts


def _check_rows(model: LanguageModel, rows: Sequence[Row]) -> None:
    if not rows:
        raise InputError("there is no row to generate: give at least one")
    for row in rows:
        if row.intervention is not None and row.intervention.units.digest != model.units.digest:
            raise InputError(
                f"the intervention {row.intervention.label!r} was made for other units than those of "
                f"{model.name}: find the experts in this model first"
            )

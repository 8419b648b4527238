"""Generation: original, steered and control rows of one request, streamed side by side or as whole texts."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from ..errors import Cancelled, InputError
from ..models.language_model import LanguageModel
from .decoding import decode_steps
from .prompt import added_before, encode_prompt, end_tokens
from .row import Row, Settings

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


def generate(model: LanguageModel, prompt: str, rows: Sequence[Row], **settings: Any) -> Iterator[Step]:
    """Continue a prompt in several rows at once, step by step.

    Rows of one sample share one uniform number per step, so that they differ by their interventions only. A
    row draws the same tokens alone as in any batch, up to the rounding of the model's matrix products.
    Rule ``set`` holds at every position, the prompt included, a leading BOS excluded.

    The iterator may be abandoned at any step: nothing of it stays in the model, the thread or the context.

    Args:
        prompt: text to continue; empty starts from BOS where the model has one.
        settings: of `Settings`, such as ``max_new_tokens=80, temperature=1.0, top_p=1.0, seed=0``.

    Raises InputError at once for a bad prompt, setting or row; later when a steered model stops giving numbers.
    """
    return _steps(model, *_checked(model, prompt, rows, settings))


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
            if token not in ends:
                text[row] = streams[row].push(token)
            if token in ends or index == last:
                text[row] += streams[row].flush()
                stops[row] = "end" if token in ends else full
        labels = steered if index or first else (False,) * len(rows)
        yield Step(index, tuple(tokens), tuple(text), tuple(stops), labels)


def generate_texts(
    model: LanguageModel,
    prompt: str,
    rows: Sequence[Row],
    *,
    rows_per_batch: int = 64,
    progress: Callable[[int, int], None] = lambda *_: None,
    **settings: Any,
) -> list[str]:
    """`[rows]` continuations of a prompt, one per row, without the prompt.

    The same texts as `generate` streams, decoded once at the end and in batches; the split does not change a
    text. Raises as `generate`, and `Cancelled` when the setting `cancelled` said so.

    Args:
        model, prompt, rows, settings: as for `generate`.
        rows_per_batch: how many rows run at once; bounds the memory.
        progress: called with texts done and in all after each batch.
    """
    ids, rows, chosen = _checked(model, prompt, rows, settings)
    if rows_per_batch < 1:
        raise InputError(f"rows_per_batch is {rows_per_batch}: expected at least 1")
    ends = end_tokens(model)
    texts: list[str] = []
    for start in range(0, len(rows), rows_per_batch):
        batch = rows[start : start + rows_per_batch]
        written: list[list[int]] = [[] for _ in batch]
        for tokens in decode_steps(model, ids, batch, chosen):
            for row, token in zip(written, tokens):
                if token is not None and token not in ends:
                    row.append(token)
        if chosen.cancelled and chosen.cancelled():
            raise Cancelled(f"generation was stopped after {len(texts)} of {len(rows)} texts")
        texts += [continuation(model.tokenizer, ids, row) for row in written]
        progress(len(texts), len(rows))
    return texts


def _checked(
    model: LanguageModel, prompt: str, rows: Sequence[Row], settings: dict[str, Any]
) -> tuple[list[int], list[Row], Settings]:
    chosen = Settings(**settings)
    ids = encode_prompt(model, prompt)
    if not rows:
        raise InputError("there is no row to generate: give at least one")
    for row in rows:
        if row.intervention is not None and row.intervention.units.digest != model.units.digest:
            raise InputError(
                f"the intervention {row.intervention.label!r} was made for other units than those of "
                f"{model.name}: find the experts in this model first"
            )
        if row.intervention is not None and not len(row.intervention.unit_ids):
            raise InputError(
                f"the intervention {row.intervention.label!r} reaches no unit: choose at least one"
            )
    return ids, list(rows), chosen


CONTEXT = 8
"""Prompt tokens decoded along with the first new ones: decoders treat the start of a text differently."""


def decode(tokenizer: Any, tokens: Sequence[int]) -> str:
    """Text of tokens without special ones, by the tokenizer's compiled core where it has one."""
    core = getattr(tokenizer, "backend_tokenizer", tokenizer)
    return core.decode(list(tokens), skip_special_tokens=True)


def continuation(tokenizer: Any, prompt: Sequence[int], tokens: Sequence[int]) -> str:
    """Text that `tokens` add after the tokens of the prompt."""
    context = list(prompt[-CONTEXT:])
    return decode(tokenizer, context + list(tokens))[len(decode(tokenizer, context)) :]


class TextStream:
    """Incremental detokenisation of one row.

    A character may take several tokens: text that ends in a replacement character is held back until the
    character is complete. The pieces joined equal `continuation` of all tokens.
    """

    def __init__(self, tokenizer: Any, prompt: Sequence[int]) -> None:
        self._tokenizer = tokenizer
        self._tokens = list(prompt[-CONTEXT:])
        self._known = 0
        self._shown = len(self._tokens)

    def push(self, token: int) -> str:
        """Take one token; return the text that has become readable, possibly none."""
        self._tokens.append(token)
        return self._read(final=False)

    def flush(self) -> str:
        """Return what was held back, readable or not: call it once the row has ended."""
        return self._read(final=True)

    def _read(self, final: bool) -> str:
        known = decode(self._tokenizer, self._tokens[self._known : self._shown])
        text = decode(self._tokenizer, self._tokens[self._known :])
        if not final and (len(text) <= len(known) or text.endswith("\ufffd")):
            return ""
        self._known, self._shown = self._shown, len(self._tokens)
        return text[len(known) :]


def pieces_of(model: LanguageModel, prompt: Sequence[int], tokens: Sequence[int]) -> tuple[str, ...]:
    """`[tokens]` what each token of a finished text made readable, as `generate` streams it."""
    ends, stream, pieces = end_tokens(model), TextStream(model.tokenizer, prompt), []
    for number, token in enumerate(tokens, 1):
        piece = "" if token in ends else stream.push(token)
        piece += stream.flush() if token in ends or number == len(tokens) else ""
        pieces.append(piece.replace("\0", "\ufffd"))
    return tuple(pieces)

"""Text stream: tokens in, readable text out, never half a character."""

from collections.abc import Sequence
from typing import Any

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

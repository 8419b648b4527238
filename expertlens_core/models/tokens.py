"""Sentences as tokens, with what is real and what is special."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from ..errors import InputError

PROBE = "The cat sat on the mat."
"""A short text that shows what a tokenizer or a model does."""


@dataclass(frozen=True, eq=False)
class Tokens:
    """Tokenised sentences."""

    ids: tuple[np.ndarray, ...]
    """One int64 array `[tokens]` per sentence, special tokens included where the tokenizer adds them."""
    real: tuple[np.ndarray, ...]
    """One bool array `[tokens]` per sentence: False on BOS, EOS, CLS, SEP and whatever the tokenizer adds."""
    long: np.ndarray
    """`[sentences]` True where the sentence was longer than the limit (and is cut to it here)."""

    @property
    def lengths(self) -> np.ndarray:
        """`[sentences]` number of tokens fed to the model."""
        return np.array([len(ids) for ids in self.ids], dtype=np.int64)


def tokenize(tokenizer: Any, sentences: Sequence[str], limit: int, vocabulary: int) -> Tokens:
    """Tokenise, cut at `limit` tokens (special ones included), and mark the real tokens.

    The tokenizer is called without truncation or padding, whose settings it would share with other threads; a
    long sentence keeps the special tokens at both ends and loses the end of its text. The unknown token
    stands for a word and is real, unless it doubles as BOS or EOS, or was added.

    Raises InputError for no sentence, one without a real token, or a token beyond the model's `vocabulary` embeddings.
    """
    if not sentences:
        raise InputError("there are no sentences to extract responses from: expected at least one")
    encoded = tokenizer(
        list(sentences), add_special_tokens=True, padding=False, truncation=False, verbose=False,
        return_attention_mask=False, return_token_type_ids=False,
    )["input_ids"]  # fmt: skip
    special, (before, after) = special_ids(tokenizer), added_tokens(tokenizer)
    ids, real, long = [], [], []
    for number, row in enumerate(encoded):
        tokens = np.asarray(row, dtype=np.int64)
        mask = ~np.isin(tokens, special)
        mask[: len(before)] = mask[len(mask) - len(after) :] = False
        long.append(len(tokens) > limit)
        if long[-1]:
            suffix = int(np.argmax(mask[::-1])) if mask.any() else 0  # special tokens at the end
            kept = np.r_[0 : limit - suffix, len(tokens) - suffix : len(tokens)]
            tokens, mask = tokens[kept], mask[kept]
        if not mask.any():
            raise InputError(
                f"sentence {number + 1} of {len(sentences)} ({sentences[number]!r:.60}) has no token of text "
                f"within the limit of {limit}: expected at least one word; remove or complete it"
            )
        if tokens.max() >= vocabulary:
            raise InputError(
                f"sentence {number + 1} of {len(sentences)} has token {tokens.max()}, but the model has "
                f"{vocabulary} embeddings: expected the model's own tokenizer; restore the folder's "
                "tokenizer files"
            )
        ids.append(tokens)
        real.append(mask)
    return Tokens(tuple(ids), tuple(real), np.array(long, dtype=bool))


@lru_cache(maxsize=4)
def token_counter(tokenizer: Any) -> Callable[[str], int]:
    """A function from a text to its number of tokens, special ones included; the same one for the same tokenizer."""
    return lambda text: len(tokenizer(text, truncation=False, verbose=False)["input_ids"])


def special_ids(tokenizer: Any) -> np.ndarray:
    """Ids of BOS, EOS, CLS and SEP, the tokens that stand for no text."""
    found = (getattr(tokenizer, f"{name}_token_id", None) for name in ("bos", "eos", "cls", "sep"))
    return np.unique(np.array([token for token in found if token is not None], dtype=np.int64))


def added_tokens(tokenizer: Any) -> tuple[list[int], list[int]]:
    """Ids that the tokenizer adds before and after every text, whether it declares them as special or not."""
    whole, plain = (list(tokenizer(PROBE, add_special_tokens=added)["input_ids"]) for added in (True, False))
    extra = len(whole) - len(plain)
    start = next((n for n in range(extra + 1) if whole[n : n + len(plain)] == plain), None)
    return ([], []) if start is None else (whole[:start], whole[start + len(plain) :])


def padding_id(tokenizer: Any) -> int:
    """The id that fills up short rows: the padding token, else EOS, else 0; it is always masked."""
    found = (tokenizer.pad_token_id, tokenizer.eos_token_id, 0)
    return next(int(token) for token in found if token is not None)

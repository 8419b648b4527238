"""Limits on what a library file may hold, and reading text within them."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from typing import BinaryIO

from ...errors import InputError


@dataclass(frozen=True)
class Limits:
    """How much a library or pool may hold; more is refused, never cut."""

    max_bytes: int = 64 * 2**20
    """Size of the text in bytes, after decompression, over all files of a folder."""
    max_sentences: int = 200_000
    """Sentences over all concepts, negative sets included."""
    max_characters: int = 20_000
    """Length of one sentence."""
    max_related: int = 500
    """Related words of one concept."""
    max_related_characters: int = 60
    """Length of one related word."""


def read_text(stream: BinaryIO, name: str, limits: Limits) -> str:
    """Read a whole text file: UTF-8 (with or without byte order mark), or UTF-16 with one.

    Args:
        stream: the open file.
        name: what to call it in an error.
        limits: see `Limits`.

    Raises:
        InputError: when it is empty, too large, or not text.
    """
    data = stream.read(limits.max_bytes + 1)
    check_size(len(data), name, limits)
    return decode(data, name)


def check_size(size: int, name: str, limits: Limits) -> None:
    """Raise an `InputError` when `size` bytes are more than the limit."""
    if size > limits.max_bytes:
        raise InputError(
            f"{name} is larger than {limits.max_bytes:,} bytes, the limit for a library: split it, or leave "
            "out sentences (400 for a concept are plenty)"
        )


def decode(data: bytes, name: str) -> str:
    """Bytes of a text file as text; see `read_text`."""
    if not data.strip():
        raise InputError(f"{name} is empty: expected a library of concepts with their sentences")
    encoding = "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    if encoding == "utf-8-sig" and b"\0" in data:
        raise InputError(f"{name} is a binary file (it holds NUL bytes): expected text in UTF-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise InputError(
            f"{name} is not text in UTF-8 (byte {error.start:,} cannot be decoded): save it as UTF-8, or "
            "check that it is the file you meant"
        ) from None
    return text.removeprefix("\ufeff")

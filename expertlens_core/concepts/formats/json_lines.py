"""JSON Lines: one concept's record, or one sentence, per line. Carries every field of a concept; the library's name
is the file's."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import BinaryIO

from ..library import Library
from .json_document import parse_json
from .limits import Limits, read_text
from .record import library_from_records, record_of
from .rows import gathered


def read_json_lines(stream: BinaryIO, name: str, source: str, limits: Limits) -> Library:
    """Read one record per line; blank lines are skipped."""
    text = read_text(stream, source, limits)
    return library_from_records(name, gathered(_values(text, source), source), source, limits)


def write_json_lines(library: Library, stream: BinaryIO) -> None:
    """Write one record per line, UTF-8."""
    for concept in library:
        stream.write(json.dumps(record_of(concept), ensure_ascii=False).encode() + b"\n")


def _values(text: str, source: str) -> Iterator[tuple[str, object]]:
    for number, line in enumerate(io.StringIO(text, newline=None), 1):
        line = line.removeprefix("\ufeff")  # left by files that were joined
        if line.strip():
            where = f"{source}, line {number}"
            yield where, parse_json(line, where)

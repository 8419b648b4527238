"""JSON Lines: one concept's record per line, read as a stream. Carries every field of a concept;
the library's name is the file's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import BinaryIO

from ...errors import InputError
from ..library import Library
from .json_document import parse_json
from .limits import Limits, check_size, decode
from .record import library_from_records, record_of


def read_json_lines(stream: BinaryIO, name: str, source: str, limits: Limits) -> Library:
    """Read one record per line; blank lines are skipped."""
    return library_from_records(name, _records(stream, source, limits), source, limits)


def write_json_lines(library: Library, stream: BinaryIO) -> None:
    """Write one record per line, UTF-8."""
    for concept in library:
        stream.write(json.dumps(record_of(concept), ensure_ascii=False).encode() + b"\n")


def _records(stream: BinaryIO, source: str, limits: Limits) -> Iterator[tuple[str, object]]:
    size, number, seen = 0, 0, False
    while line := stream.readline(limits.max_bytes + 1 - size):
        size, number = size + len(line), number + 1
        check_size(size, source, limits)
        if line.strip():
            where, seen = f"{source}, line {number}", True
            yield where, parse_json(decode(line, where), where)
    if not seen:
        raise InputError(f"{source} is empty: expected one concept in JSON per line")

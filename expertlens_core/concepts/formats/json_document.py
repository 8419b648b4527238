"""JSON: a library in one document, a list of concepts, or a single concept.

``{"format": "expertlens-library", "version": 1, "name": ..., "concepts": [record, ...]}``. Carries every
field of a concept, and the library's name.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from ...errors import InputError, shortened
from ..library import Library
from .limits import Limits, read_text
from .record import library_from_records, record_of
from .rows import gathered, is_row

FORMAT = "expertlens-library"


def parse_json(text: str, where: str) -> Any:
    """`json.loads` with an `InputError` that says where."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        made = dict(pairs)
        if len(made) < len(pairs):
            keys = [key for key, _ in pairs]
            twice = next(key for key in made if keys.count(key) > 1)
            raise InputError(
                f"{where} has the key {shortened(twice)!r} twice in one object: put what both hold under one, or "
                "remove one"
            )
        return made

    try:
        return json.loads(text, object_pairs_hook=once)
    except InputError:
        raise
    except json.JSONDecodeError as error:
        raise InputError(
            f"{where} is not valid JSON (line {error.lineno}, column {error.colno}: {error.msg}): expected "
            "a library or a concept in JSON"
        ) from None
    except (RecursionError, ValueError):
        raise InputError(f"{where} is JSON nested or numbered beyond reason: expected a library") from None


def read_json(stream: BinaryIO, name: str, source: str, limits: Limits) -> Library:
    """Read a library document, a list of records, or one record (ml-selfcond's single file too)."""
    document = parse_json(read_text(stream, source, limits), source)
    if isinstance(document, dict) and "concepts" in document:
        return _read_document(document, name, source, limits)
    if isinstance(document, list):
        what = "row" if document and is_row(document[0]) else "concept"
        numbered = _numbered(document, source, what)
        return library_from_records(name, gathered(numbered, source), source, limits)
    if isinstance(document, dict) and not {"positives", "sentences"} & set(document):
        keys = ", ".join(repr(shortened(key, 20)) for key in list(document)[:5]) or "none"
        raise InputError(
            f"{source} has the keys {keys}: expected 'concepts' (a library), or 'name' and 'positives' "
            "(one concept), or ml-selfcond's 'concept' and 'sentences'"
        )
    return library_from_records(name, [(source, document)], source, limits)


def write_json(library: Library, stream: BinaryIO) -> None:
    """Write the library as one document, UTF-8, indented."""
    document = {
        "format": FORMAT,
        "version": 1,
        "name": library.name,
        "concepts": [record_of(concept) for concept in library],
    }
    stream.write(json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n")


def _read_document(document: dict[str, Any], name: str, source: str, limits: Limits) -> Library:
    if unknown := sorted(set(document) - {"format", "version", "name", "concepts"}):
        raise InputError(
            f"{source} has the unknown key {shortened(unknown[0])!r}: expected name and concepts"
        )
    if document.get("format", FORMAT) != FORMAT or document.get("version", 1) != 1:
        said = [shortened(str(document.get(*key)), 20) for key in (("format", FORMAT), ("version", 1))]
        raise InputError(
            f"{source} says it is {said[0]!r} version {said[1]}: "
            f"expected {FORMAT!r} version 1, so use a newer program or export it again"
        )
    if not isinstance(document["concepts"], list):
        raise InputError(f"{source} has no list under 'concepts': expected a list of concepts")
    own_name = document.get("name", name)
    if not isinstance(own_name, str):
        raise InputError(f"{source} has no text under 'name': expected the library's name")
    return library_from_records(own_name, _numbered(document["concepts"], source), source, limits)


def _numbered(records: list[object], source: str, what: str = "concept") -> Iterator[tuple[str, object]]:
    return ((f"{source}, {what} {number}", record) for number, record in enumerate(records, 1))

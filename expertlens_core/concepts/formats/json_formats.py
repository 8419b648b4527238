"""JSON (a library in one document, a list of concepts, or a single concept) and JSON Lines (one concept a
line).

A document is ``{"format": "expertlens-library", "version": 1, "name": ..., "concepts": [record, ...]}``. Both
carry every field of a concept, a document also the library's name; both may hold rows of one sentence instead
of concepts.
"""

import io
import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from ...errors import InputError, shortened
from ..library import Library
from .record import record_of
from .table import gathered, is_row

FORMAT = "expertlens-library"


def parse_json(text: str, where: str) -> Any:
    """`json.loads` with an `InputError` that says where; a key that comes twice in one object is refused."""

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


def json_records(text: str, source: str) -> tuple[str | None, Iterator[tuple[str, object]]]:
    """The library's own name, if it has one, and the place and record of each concept."""
    document = parse_json(text, source)
    if isinstance(document, list):
        what = "row" if document and is_row(document[0]) else "concept"
        return None, gathered(_numbered(document, source, what), source)
    if isinstance(document, dict) and "concepts" in document:
        _check_document(document, source)
        return document.get("name"), _numbered(document["concepts"], source, "concept")
    if isinstance(document, dict) and not {"positives", "sentences"} & set(document):
        keys = ", ".join(repr(shortened(key, 20)) for key in list(document)[:5]) or "none"
        raise InputError(
            f"{source} has the keys {keys}: expected 'concepts' (a library), or 'name' and 'positives' "
            "(one concept), or ml-selfcond's 'concept' and 'sentences'"
        )
    return None, iter([(source, document)])


def json_line_records(text: str, source: str) -> Iterator[tuple[str, object]]:
    """Place and record of each concept; blank lines are skipped."""
    lines = enumerate(io.StringIO(text, newline=None), 1)
    bare = ((number, line.removeprefix("\ufeff")) for number, line in lines)  # left by files that were joined
    named = ((f"{source}, line {number}", line) for number, line in bare if line.strip())
    return gathered(((where, parse_json(line, where)) for where, line in named), source)


def write_json(library: Library, stream: BinaryIO) -> None:
    """Write the library as one document, UTF-8, indented."""
    records = [record_of(concept) for concept in library]
    document = {"format": FORMAT, "version": 1, "name": library.name, "concepts": records}
    stream.write(json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n")


def write_json_lines(library: Library, stream: BinaryIO) -> None:
    """Write one record per line, UTF-8."""
    for concept in library:
        stream.write(json.dumps(record_of(concept), ensure_ascii=False).encode() + b"\n")


def _check_document(document: dict[str, Any], source: str) -> None:
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
    if not isinstance(document.get("name", ""), str):
        raise InputError(f"{source} has no text under 'name': expected the library's name")


def _numbered(records: list[object], source: str, what: str) -> Iterator[tuple[str, object]]:
    return ((f"{source}, {what} {number}", record) for number, record in enumerate(records, 1))

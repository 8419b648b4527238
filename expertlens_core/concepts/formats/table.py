"""Tables of one sentence a row, as CSV or JSON objects, whose rows are gathered into the records of concepts.

Columns ``concept`` and ``sentence`` are needed; ``label`` (positive or negative; positive when there is no
such column), ``domain``, ``sense``, ``kind``, ``broader``, ``source``, ``origin`` and ``related`` are
optional. Related
words are parted by semicolons, and stand in the first row of their concept that has any. Concepts come in the
order of their first row; ``kind`` and ``origin`` count on positive rows only.

CSV has the delimiter comma, semicolon or tab, whichever makes the header readable, and carries every field of
a concept. What exports add is passed over: a line ``sep=;``, columns without a name that hold nothing or row
numbers, and the header where it comes again in files that were joined.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any, BinaryIO

from ...errors import InputError, shortened
from ..library import Library
from ..spelling import plain_name
from .record import kind_of

LONGEST_ROW = 16 * 2**20
"""Characters of a row."""
csv.field_size_limit(LONGEST_ROW)  # the whole process has one limit: set here, for all that read tables
COLUMNS = (
    "concept",
    "sense",
    "domain",
    "broader",
    "source",
    "label",
    "kind",
    "sentence",
    "origin",
    "related",
)
"""Columns as written."""
NEEDED = {"concept", "sentence"}
_ALIASES = {"text": "sentence", "group": "domain", "name": "concept"}
_LABELS = {"positive": True, "pos": True, "1": True, "negative": False, "neg": False, "0": False}
_ONE_VALUE = ("domain", "broader", "source")
_SEPARATOR_LINE = re.compile(r'"?sep=.?"?[,;\t]*(?:\r\n|\r|\n)', re.IGNORECASE)
_UNNAMED = re.compile(r"(?:unnamed: \d+)?")
"""Name of a column without a name, also as pandas calls it."""


def csv_records(text: str, source: str) -> Iterator[tuple[str, object]]:
    """Place and record of each concept of a CSV table."""
    return row_records(_csv_rows(text, source), source)


def write_csv(library: Library, stream: BinaryIO, delimiter: str = ",") -> None:
    """Write a long table, UTF-8, RFC 4180 (quotes doubled, lines end in CR LF)."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(COLUMNS)
    writer.writerows(table_rows(library))
    stream.write(text.getvalue().encode())


def table_rows(library: Library) -> Iterator[tuple[str, ...]]:
    """The cells of each row of the long table, in the order of `COLUMNS`."""
    for concept in library:
        fixed = (concept.name, concept.sense, concept.domain, concept.broader, concept.source)
        for i, sentence in enumerate(concept.positives):
            kind = concept.kinds[i] if concept.kinds else ""
            origin = concept.origins[i] if concept.origins else ""
            related = "; ".join(concept.related) if i == 0 else ""
            yield (*fixed, "positive", kind, sentence, origin, related)
        for sentence in concept.negatives or ():
            yield (*fixed, "negative", "", sentence, "", "")


def is_row(value: object) -> bool:
    """Whether a JSON value is one sentence rather than a concept."""
    if not isinstance(value, Mapping) or not {"positives", "sentences"}.isdisjoint(value):
        return False
    return set(column_names(value)) >= NEEDED


def gathered(values: Iterator[tuple[str, object]], source: str) -> Iterator[tuple[str, object]]:
    """Places and records of concepts; where the first value is a row, all are, and are gathered."""
    first = next(values, None)
    if first is None:
        return values
    values = chain((first,), values)
    return row_records(_json_rows(values, source), source) if is_row(first[1]) else values


def column_names(cells: Iterable[str]) -> list[str]:
    """Names of columns as they are called here."""
    names = [plain_name(cell).casefold() for cell in cells]
    return [name if name in COLUMNS else _ALIASES.get(name, name) for name in names]


def check_columns(columns: list[str], where: str) -> None:
    """Raise InputError for a column that comes twice, or that no concept has."""
    if len(set(columns)) < len(columns):
        twice = next(name for name in columns if columns.count(name) > 1)
        raise InputError(f"{where} has two columns for {shortened(twice)!r}: remove or rename one")
    if unknown := [name for name in columns if name not in COLUMNS]:
        raise InputError(
            f"{where} has the unknown column {shortened(unknown[0])!r}: expected {', '.join(COLUMNS)}"
        )


def row_records(
    rows: Iterable[tuple[str, Mapping[str, str]]], source: str
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Gather rows (place, column → text) into places and records of concepts; the place is that of the first row.

    Raises InputError for a row without a concept, another label than `_LABELS`, or two values where one is wanted.
    """
    records: dict[tuple[str, str], tuple[str, dict[str, Any]]] = {}
    for place, row in rows:
        where = f"{source}, {place}"
        name, sense = plain_name(row.get("concept", "")), plain_name(row.get("sense", ""))
        if not name:
            raise InputError(f"{where} has no concept: expected its name in the column concept")
        label = row.get("label", "positive").strip().casefold()
        if label not in _LABELS:
            raise InputError(
                f"{where} has the label {shortened(row['label'])!r}: expected positive or negative"
            )
        fixed = {key: plain_name(row.get(key, "")) for key in _ONE_VALUE}
        lists: dict[str, list[str]] = {
            key: [] for key in ("positives", "negatives", "kinds", "origins", "related")
        }
        first, record = records.setdefault(
            (name, sense), (place, {"name": name, "sense": sense, **fixed, **lists})
        )
        for key in _ONE_VALUE:
            if record[key] != fixed[key]:
                raise InputError(
                    f"{where} gives concept {shortened(name)!r} the {key} {shortened(fixed[key])!r}, but {first} "
                    f"gave {shortened(record[key])!r}: make them the same, or give each a sense"
                )
        if not record["related"]:
            record["related"] = [word.strip() for word in row.get("related", "").split(";") if word.strip()]
        record["positives" if _LABELS[label] else "negatives"].append(row.get("sentence", ""))
        if _LABELS[label]:
            record["kinds"].append(row.get("kind", "").strip().casefold())
            record["origins"].append(row.get("origin", ""))
    for first, record in records.values():
        if not any(record["kinds"]):
            record["kinds"] = []
        yield f"{source}, from {first}", record


def _json_rows(values: Iterable[tuple[str, object]], source: str) -> Iterator[tuple[str, dict[str, str]]]:
    """JSON objects as rows of text."""
    for where, value in values:
        if not isinstance(value, Mapping):
            raise InputError(f"{where} is {kind_of(value)}: expected an object with 'concept' and 'sentence'")
        columns = column_names(value)
        check_columns(columns, where)
        row = {}
        for column, cell in zip(columns, value.values()):
            if column == "label" and isinstance(cell, int):
                cell = str(int(cell))
            if not isinstance(cell, str | None):
                raise InputError(f"{where} has {kind_of(cell)} under {column!r}: expected text")
            row[column] = cell or ""
        yield where.removeprefix(f"{source}, "), row


def _csv_rows(text: str, source: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Line and fields of each row that is not blank."""
    skipped = _SEPARATOR_LINE.match(text)
    text = text[skipped.end() :] if skipped else text
    delimiter, columns = _header(text, source)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    before = 1 if skipped else 0
    try:
        next(reader)
        line = reader.line_num + 1
        for row in reader:
            place = f"line {before + line}"
            line = reader.line_num + 1
            names = column_names(row)
            if set(names) >= NEEDED:
                if names[: len(columns)] != columns:
                    raise InputError(
                        f"{source}, {place} is the header of a table with other columns: bring the tables one by one"
                    )
            elif any(names):
                yield place, _fields(row, columns, f"{source}, {place}")
    except csv.Error as error:
        told = str(error).replace("\t", "tab")
        raise InputError(
            f"{source}, line {before + reader.line_num} is not valid CSV ({told}): look for a double quote that "
            "is not closed, or not doubled inside a sentence"
        ) from None


def _fields(row: list[str], columns: list[str], where: str) -> dict[str, str]:
    """Named fields of a row."""
    if len(row) < len(columns) or any(field.strip() for field in row[len(columns) :]):
        raise InputError(
            f"{where} has {len(row)} fields where the header has {len(columns)}: "
            "put a sentence that holds the delimiter in double quotes"
        )
    for column, field in zip(columns, row):
        if _UNNAMED.fullmatch(column) and not re.fullmatch(r"\s*\d*\s*", field):
            raise InputError(
                f"{where} has {shortened(field)!r} in a column without a name: name the column, or put a sentence "
                "that holds the delimiter in double quotes"
            )
    return {column: field for column, field in zip(columns, row) if not _UNNAMED.fullmatch(column)}


def _header(text: str, source: str) -> tuple[str, list[str]]:
    """Delimiter and column names; those at the end without a name are left out."""
    for delimiter in (",", ";", "\t"):
        try:
            columns = column_names(next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), []))
        except csv.Error:
            continue
        if set(columns) >= NEEDED:
            while not columns[-1]:
                columns.pop()
            check_columns([name for name in columns if not _UNNAMED.fullmatch(name)], source)
            return delimiter, columns
    first = next(iter(text.splitlines()), "")
    raise InputError(
        f"{source} has the header {shortened(first)!r}: expected a first line that names the columns concept and "
        "sentence (and label, domain, sense, kind, broader, source, origin, related if wanted)"
    )

"""CSV in long form: one sentence per row.

Columns ``concept`` and ``sentence`` are needed; ``label`` (positive or negative; positive when there is no
such column), ``domain``, ``sense``, ``kind``, ``broader``, ``source`` and ``related`` are optional. Related words
are parted by semicolons, and stand in the first row of their concept that has any. Delimiter comma, semicolon or
tab, whichever makes the header readable. Carries every field of a concept; the library's name
is the file's. Concepts come in the order of their first row; ``kind`` counts on positive rows only.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any, BinaryIO

from ...errors import InputError, quoted
from ..library import Library
from .limits import Limits, read_text
from .record import library_from_records

COLUMNS = ("concept", "sense", "domain", "broader", "source", "label", "kind", "sentence", "related")
"""Columns as written."""

_ALIASES = {"text": "sentence", "group": "domain", "name": "concept"}
_LABELS = {"positive": True, "pos": True, "1": True, "negative": False, "neg": False, "0": False}
_WORD_GAP = "; "
_ONE_VALUE = ("domain", "broader", "source")


def read_csv(stream: BinaryIO, name: str, source: str, limits: Limits) -> Library:
    """Read a long table of sentences."""
    text = read_text(stream, source, limits)
    records = list(_collect(text, source))
    return library_from_records(name, records, source, limits)


def write_csv(library: Library, stream: BinaryIO, delimiter: str = ",") -> None:
    """Write a long table, UTF-8, RFC 4180 (quotes doubled, lines end in CR LF)."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(COLUMNS)
    for concept in library:
        fixed = (concept.name, concept.sense, concept.domain, concept.broader, concept.source)
        for i, sentence in enumerate(concept.positives):
            kind = concept.kinds[i] if concept.kinds else ""
            related = _WORD_GAP.join(concept.related) if i == 0 else ""
            writer.writerow((*fixed, "positive", kind, sentence, related))
        writer.writerows((*fixed, "negative", "", sentence, "") for sentence in concept.negatives or ())
    stream.write(text.getvalue().encode())


def _rows(text: str, source: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Line number and fields of each row that is not blank."""
    delimiter, header = _header(text, source)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        next(reader)
        line = reader.line_num + 1
        for row in reader:
            if any(field.strip() for field in row):
                if len(row) != len(header):
                    raise InputError(
                        f"{source}, line {line} has {len(row)} fields where the header has {len(header)}: "
                        "put a sentence that holds the delimiter in double quotes"
                    )
                yield line, dict(zip(header, row))
            line = reader.line_num + 1
    except csv.Error as error:
        raise InputError(
            f"{source}, line {reader.line_num} is not valid CSV ({error}): look for a double quote that is "
            "not closed, or not doubled inside a sentence"
        ) from None


def _header(text: str, source: str) -> tuple[str, list[str]]:
    """Delimiter and column names."""
    first = text.split("\n", 1)[0].strip("\r")
    for delimiter in (",", ";", "\t"):
        names = [field.strip().casefold() for field in next(csv.reader([first], delimiter=delimiter), [])]
        columns = [name if name in COLUMNS else _ALIASES.get(name, name) for name in names]
        if {"concept", "sentence"} <= set(columns):
            if len(set(columns)) < len(columns):
                twice = next(name for name in columns if columns.count(name) > 1)
                raise InputError(f"{source} has two columns for {twice!r}: remove or rename one")
            if unknown := [name for name in columns if name not in COLUMNS]:
                raise InputError(
                    f"{source} has the unknown column {unknown[0]!r}: expected {', '.join(COLUMNS)}"
                )
            return delimiter, columns
    shown = first[:60]
    raise InputError(
        f"{source} has the header {shown!r}: expected a first line that names the columns concept and "
        "sentence (and label, domain, sense, kind, broader, source, related if wanted)"
    )


def _collect(text: str, source: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Gather the rows of each concept into a record; its place is that of its first row."""
    records: dict[tuple[str, str], tuple[int, dict[str, Any]]] = {}
    for line, row in _rows(text, source):
        where = f"{source}, line {line}"
        name, sense = row["concept"].strip(), row.get("sense", "").strip()
        if not name:
            raise InputError(f"{where} has no concept: expected its name in the column concept")
        label = row.get("label", "positive").strip().casefold()
        if label not in _LABELS:
            raise InputError(
                f"{where} has the label {quoted(row['label'], 40)}: expected positive or negative"
            )
        fixed = {key: row.get(key, "").strip() for key in _ONE_VALUE}
        start = {
            "name": name,
            "sense": sense,
            **fixed,
            "positives": [],
            "negatives": [],
            "kinds": [],
            "related": [],
        }
        first, record = records.setdefault((name, sense), (line, start))
        for key in _ONE_VALUE:
            if record[key] != fixed[key]:
                raise InputError(
                    f"{where} gives concept {name!r} the {key} {fixed[key]!r}, but line {first} gave "
                    f"{record[key]!r}: make them the same, or give each a sense"
                )
        if not record["related"]:
            record["related"] = [word.strip() for word in row.get("related", "").split(";") if word.strip()]
        if _LABELS[label]:
            record["positives"].append(row["sentence"])
            record["kinds"].append(row.get("kind", "").strip().casefold())
        else:
            record["negatives"].append(row["sentence"])
    for first, record in records.values():
        if not any(record["kinds"]):
            record["kinds"] = []
        yield f"{source}, from line {first}", record

"""CSV in long form: one sentence per row; see `rows` for the columns.

Delimiter comma, semicolon or tab, whichever makes the header readable. Carries every field of a concept; the
library's name is the file's. What exports add is passed over: a line ``sep=;``, columns without a name that hold
nothing or row numbers, and the header where it comes again in files that were joined.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import BinaryIO

from ...errors import InputError, shortened
from ..library import Library
from .limits import Limits, read_text
from .record import library_from_records
from .rows import COLUMNS, check_columns, column_names, records_of_rows

_WORD_GAP = "; "
_SEPARATOR_LINE = re.compile(r'"?sep=.?"?[,;\t]*(?:\r\n|\r|\n)', re.IGNORECASE)
_UNNAMED = re.compile(r"(?:unnamed: \d+)?")
"""Name of a column without a name, also as pandas calls it."""


def read_csv(stream: BinaryIO, name: str, source: str, limits: Limits) -> Library:
    """Read a long table of sentences."""
    rows = _rows(read_text(stream, source, limits), source)
    return library_from_records(name, records_of_rows(rows, source), source, limits)


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


def _rows(text: str, source: str) -> Iterator[tuple[str, dict[str, str]]]:
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
            if {"concept", "sentence"} <= set(names):
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
    extra = row[len(columns) :]
    if len(row) < len(columns) or any(field.strip() for field in extra):
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
        if {"concept", "sentence"} <= set(columns):
            while not columns[-1]:
                columns.pop()
            check_columns([name for name in columns if not _UNNAMED.fullmatch(name)], source)
            return delimiter, columns
    first = next(iter(text.splitlines()), "")
    raise InputError(
        f"{source} has the header {shortened(first)!r}: expected a first line that names the columns concept and "
        "sentence (and label, domain, sense, kind, broader, source, related if wanted)"
    )

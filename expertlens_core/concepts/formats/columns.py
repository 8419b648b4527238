"""A table whose columns have other names: which of them is the concept, which the sentence, which the label."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from ...errors import InputError, shortened
from ...files import user_path
from ..library import Library
from ..spelling import plain_name
from .parquet import MOST_COLUMNS, parquet_table
from .record import library_from_records
from .table import row_records
from .whole_file import Limits, check_size, decode

TRUE = {"positive", "pos", "1", "true", "yes", "y"}
FALSE = {"negative", "neg", "0", "-1", "false", "no", "n"}
_LIKELY = {
    "sentence": ("sentence", "text", "comment_text", "content", "document", "review", "question", "caption"),
    "concept": ("concept", "name", "word", "class", "category", "topic", "intent", "emotion"),
    "label": ("label", "labels", "target", "toxic", "is_positive"),
    "domain": ("domain", "group"),
    "sense": ("sense", "definition"),
}
"""Role → names of columns that mostly have it."""


@dataclass(frozen=True)
class Columns:
    """Which column is what; empty for none."""

    sentence: str
    concept: str = ""
    fixed: str = ""
    """Name of the one concept of a table without a column for it."""
    label: str = ""
    """Column that tells sentences with the concept from those without it."""
    positive: str = ""
    """Its value for a sentence with the concept, all others being without; empty reads 1, true, yes or positive."""
    domain: str = ""
    sense: str = ""


@dataclass(frozen=True)
class Table:
    """A table as it was read, all cells text."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    def values(self, column: str) -> list[str]:
        """The distinct values of a column, in the order in which they come."""
        place = self.columns.index(column)
        return list(dict.fromkeys(row[place].strip() for row in self.rows))

    def guessed(self) -> Columns:
        """What the columns' names tell; the sentence is else the column of the longest texts."""
        names = {plain_name(name).casefold(): name for name in reversed(self.columns)}
        found = {
            role: next((names[name] for name in likely if name in names), "")
            for role, likely in _LIKELY.items()
        }
        if not found["sentence"]:
            head = self.rows[:50]
            lengths = [sum(len(row[place]) for row in head) for place in range(len(self.columns))]
            found["sentence"] = self.columns[lengths.index(max(lengths))]
        guess = Columns(**found)
        return guess if guess.concept else replace(guess, fixed=plain_name(self.name.replace("_", " ")))


def read_table(data: bytes, filename: str, limits: Limits | None = None) -> Table:
    """The table in a .csv, .tsv, .jsonl, .json or .parquet file, whatever its columns are called.

    Raises InputError when there is none, or it holds more than the limits allow.
    """
    limits, source, suffix = limits or Limits(), shortened(Path(filename).name), Path(filename).suffix.lower()
    check_size(len(data), source, limits)
    if suffix == ".parquet":
        names, rows = parquet_table(data, source, limits)
    elif suffix in (".csv", ".tsv"):
        names, rows = _separated(decode(data, source), source, limits)
    elif suffix in (".jsonl", ".json"):
        names, rows = _objects(decode(data, source), suffix, source, limits)
    else:
        raise InputError(
            f"{source} is no table: expected a name that ends in .csv, .tsv, .jsonl, .json or .parquet"
        )
    if not rows or not names:
        raise InputError(f"{source} holds no row of text: expected a line with the columns' names, then rows")
    return Table(Path(filename).stem or "library", _distinct(names), tuple(map(tuple, rows)))


def read_table_file(path: str | Path, limits: Limits | None = None) -> Table:
    """The table in a file; raises InputError as `read_table`, and where it cannot be read."""
    path, limits = user_path(path), limits or Limits()
    try:
        with path.open("rb") as stream:
            data = stream.read(limits.max_bytes + 1)
    except OSError as error:
        raise InputError(
            f"cannot read {shortened(str(path), 120)} ({error.strerror}): check the path"
        ) from None
    return read_table(data, path.name, limits)


def table_library(table: Table, columns: Columns, limits: Limits | None = None) -> Library:
    """The library in a table whose columns were named.

    Raises InputError for a column that is not there, a label that says neither, or what a library cannot hold.
    """
    given = [columns.sentence, columns.concept, columns.label, columns.domain, columns.sense]
    for name in filter(None, given):
        if name not in table.columns:
            shown = ", ".join(repr(shortened(each, 20)) for each in table.columns[:6])
            raise InputError(f"there is no column {shortened(name)!r}: expected one of {shown}")
    if not columns.sentence:
        raise InputError("no column holds the sentences: say which one does")
    if not (columns.concept or plain_name(columns.fixed)):
        raise InputError("no column holds the concept: say which one does, or give the one concept a name")
    source = shortened(table.name)
    records = row_records(_named(table, columns), source)
    return library_from_records(table.name, records, source, limits or Limits())


def _named(table: Table, columns: Columns) -> Iterator[tuple[str, dict[str, str]]]:
    """Place and fields of each row that has a sentence."""
    roles = {
        "sentence": columns.sentence,
        "concept": columns.concept,
        "domain": columns.domain,
        "sense": columns.sense,
    }
    places = {role: table.columns.index(name) for role, name in roles.items() if name}
    label = table.columns.index(columns.label) if columns.label else None
    for number, row in enumerate(table.rows, 1):
        fields = {role: row[place] for role, place in places.items()}
        if not fields["sentence"].strip():
            continue
        if not columns.concept:
            fields["concept"] = columns.fixed
        if label is not None:
            fields["label"] = _label(row[label].strip(), columns, f"{shortened(table.name)}, row {number}")
        yield f"row {number}", fields


def _label(said: str, columns: Columns, where: str) -> str:
    if columns.positive:
        return "positive" if said == columns.positive else "negative"
    plain = said.casefold().removesuffix(".0")
    if plain not in TRUE | FALSE:
        raise InputError(
            f"{where} has {shortened(said)!r} in the column {shortened(columns.label)!r}: expected 1 or 0, true or "
            "false, yes or no, positive or negative, or say which value means with the concept"
        )
    return "positive" if plain in TRUE else "negative"


def _separated(text: str, source: str, limits: Limits) -> tuple[list[str], list[list[str]]]:
    """Header and rows, with the delimiter that parts the header most often."""
    heads = []
    for delimiter in (",", ";", "\t", "|"):
        try:
            head = next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
        except csv.Error:
            head = []
        heads.append((len(head), delimiter))
    width, delimiter = max(heads, key=lambda pair: pair[0])
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[list[str]] = []
    try:
        names = next(reader, [])
        if not 0 < width <= MOST_COLUMNS:
            raise InputError(f"{source} has {width} columns: expected 1 to {MOST_COLUMNS}")
        for row in reader:
            if any(cell.strip() for cell in row[width:]):
                raise InputError(
                    f"{source}, line {reader.line_num} has {len(row)} fields where the header has {width}: put a "
                    "sentence that holds the delimiter in double quotes"
                )
            if any(cell.strip() for cell in row):
                rows.append([*row[:width], *[""] * (width - len(row))])
            if len(rows) > limits.max_sentences:
                raise InputError(f"{source} holds more than {limits.max_sentences:,} rows: split it")
    except csv.Error as error:
        told = str(error).replace("\t", "tab")
        raise InputError(
            f"{source}, line {reader.line_num} is not valid CSV ({told}): look for a double quote that is not closed"
        ) from None
    return names, rows


def _objects(text: str, suffix: str, source: str, limits: Limits) -> tuple[list[str], list[list[str]]]:
    """The keys of JSON objects that hold text, numbers or truth values only, and a row for each object."""
    try:
        values = (
            json.loads(text)
            if suffix == ".json"
            else [json.loads(line) for line in text.splitlines() if line.strip()]
        )
    except (ValueError, RecursionError):
        raise InputError(
            f"{source} is not valid JSON: expected a list of objects, or one object a line"
        ) from None
    if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
        raise InputError(f"{source} is no table: expected a list of objects, or one object a line")
    if len(values) > limits.max_sentences:
        raise InputError(
            f"{source} holds {len(values):,} rows: expected at most {limits.max_sentences:,}, so split it"
        )
    nested = {key for value in values for key, cell in value.items() if isinstance(cell, dict | list)}
    names = [key for key in dict.fromkeys(key for value in values for key in value) if key not in nested]
    if len(names) > MOST_COLUMNS:
        raise InputError(f"{source} has {len(names):,} columns: expected at most {MOST_COLUMNS}")
    return names, [[_cell(value.get(name)) for name in names] for value in values]


def _cell(value: object) -> str:
    if value is None:
        return ""
    return str(int(value) if isinstance(value, bool) else value)


def _distinct(names: list[str]) -> tuple[str, ...]:
    """Names that are all different and none empty."""
    found: list[str] = []
    for place, name in enumerate(names, 1):
        shown = shortened(plain_name(name)) or f"column {place}"
        while shown in found:
            shown = f"{shown} ({place})"
        found.append(shown)
    return tuple(found)

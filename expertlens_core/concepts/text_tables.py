"""The column of text in tables of any size: CSV, JSON objects one a line, and Parquet, some rows at a time."""

import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any, TextIO

from ..errors import InputError, shortened
from .text_files import TextFile, check_text, opened

ROWS = 500
"""Rows that are handed on together, and from which the column is chosen."""
LONGEST_ROW = 16 * 2**20
"""Characters of a row."""
_DELIMITERS = (",", ";", "\t", "|")
_WAY_OUT = "name one of these with the option column"

Row = tuple[int, str]
"""Number of a row's line, or of the row where there are no lines, from 1; and its text."""
Rows = Iterator[tuple[list[Row], int]]
"""Some rows with text, and the bytes that have been read by then."""


def cells(file: TextFile, column: str = "") -> Rows:
    """The texts of a column.

    Args:
        file: CSV, JSON lines or Parquet.
        column: its name; empty takes the one whose texts are longest in the mean, over the first rows.

    Raises InputError where the table cannot be read, or has no such column or none of text.
    """
    if file.kind == "parquet":
        yield from _parquet(file, column)
        return
    rows_of = _csv_rows if file.kind == "table" else _json_rows
    with opened(file, newline="" if file.kind == "table" else None) as (stream, raw):
        rows = rows_of(stream, file.label)
        chosen = ""
        while some := list(islice(rows, ROWS)):
            chosen = chosen or choose_column([row for _, row in some], column, file.label)
            yield [(number, row[chosen]) for number, row in some if row.get(chosen)], raw.tell()


def column_of(file: TextFile, column: str = "") -> str:
    """The column that `cells` reads; empty for a table without rows. Raises InputError as it does."""
    if file.kind == "parquet":
        with _ParquetFile(file) as table:
            return table.column(column)
    with opened(file, newline="" if file.kind == "table" else None) as (stream, _):
        rows = (_csv_rows if file.kind == "table" else _json_rows)(stream, file.label)
        some = [row for _, row in islice(rows, ROWS)]
    return choose_column(some, column, file.label) if some else ""


def choose_column(rows: Sequence[dict[str, str]], column: str, label: str) -> str:
    """The named column, else the one whose texts are longest in the mean; of equals the first."""
    sizes: dict[str, int] = {}
    for row in rows:
        for name, text in row.items():
            sizes[name] = sizes.get(name, 0) + len(text)
    if column:
        if column not in sizes:
            raise InputError(_no_column(label, column, sizes))
        return column
    if not any(sizes.values()):
        raise InputError(f"{label} has no column of text in its first rows: expected one with sentences")
    return max(sizes, key=sizes.__getitem__)


def _no_column(label: str, column: str, names: Iterable[str]) -> str:
    shown = shortened(", ".join(names), 100)
    return f"{label} has no column {shortened(column)!r} of text: it has {shown or 'none'}, so {_WAY_OUT}"


def _csv_rows(stream: TextIO, label: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Line and named fields of each row; the first line names the columns."""
    csv.field_size_limit(LONGEST_ROW)
    head = stream.readline(LONGEST_ROW)
    check_text(head, label)
    delimiter = max(_DELIMITERS, key=lambda each: len(next(csv.reader([head], delimiter=each), [])))
    reader = csv.reader(chain((head,), _checked(stream, label)), delimiter=delimiter, strict=True)
    try:
        columns = [name.strip() for name in next(reader, [])]
        line = reader.line_num + 1
        for row in reader:
            yield line, dict(zip(columns, row))
            line = reader.line_num + 1
    except csv.Error as error:
        told = str(error).replace("\t", "tab")
        raise InputError(
            f"{label}, line {reader.line_num:,} is not valid CSV ({told}): look for a double quote that is not closed, "
            "or not doubled inside a text"
        ) from None


def _checked(stream: TextIO, label: str) -> Iterator[str]:
    while line := stream.readline(LONGEST_ROW):
        check_text(line, label)
        yield line


def _json_rows(stream: TextIO, label: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Line and texts of each object; blank lines are passed over."""
    for number, line in enumerate(_checked(stream, label), 1):
        where = f"{label}, line {number:,}"
        if len(line) == LONGEST_ROW and not line.endswith("\n"):
            raise InputError(
                f"{where} has more than {LONGEST_ROW:,} characters: expected one JSON object a line"
            )
        if not line.strip():
            continue
        try:
            value: Any = json.loads(line.removeprefix("\ufeff"))
        except (ValueError, RecursionError) as error:
            reason = error.msg if isinstance(error, json.JSONDecodeError) else "nested too deeply"
            raise InputError(f"{where} is not valid JSON ({reason}): expected one object a line") from None
        if isinstance(value, str):
            value = {"text": value}
        if not isinstance(value, dict):
            raise InputError(
                f"{where} is no JSON object: expected one with a text, such as {{'text': 'The cat slept.'}}"
            )
        yield number, {name: _whole(text) for name, text in value.items() if isinstance(text, str)}


def _whole(text: str) -> str:
    """The text with a question mark for half a surrogate pair, which JSON can hold and no file can."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


class _ParquetFile:
    """A Parquet file while it is read; a context manager that explains what goes wrong inside of it."""

    def __init__(self, file: TextFile) -> None:
        self._file = file

    def __enter__(self) -> "_ParquetFile":
        import pyarrow.parquet

        try:
            self.table = pyarrow.parquet.ParquetFile(self._file.path, buffer_size=1 << 20)
        except (pyarrow.ArrowException, OSError):
            raise InputError(
                f"{self._file.label} is no Parquet file, or a part of one: write or copy it again"
            ) from None
        return self

    def __exit__(self, _kind: object, error: object, _trace: object) -> None:
        import pyarrow

        self.table.close()
        if isinstance(error, pyarrow.ArrowException) or (isinstance(error, OSError) and error.errno is None):
            raise InputError(f"{self._file.label} is damaged inside: write or copy it again") from None

    def column(self, column: str) -> str:
        """The column to read; empty where the table has no rows."""
        from pyarrow import types

        names = [field.name for field in self.table.schema_arrow if _holds_text(field.type, types)]
        if column:
            if column not in names:
                raise InputError(_no_column(self._file.label, column, names))
            return column
        if not names:
            raise InputError(f"{self._file.label} has no column of text: expected one with sentences")
        first = next(self.table.iter_batches(ROWS, columns=names), None)
        rows = [] if first is None else [{k: v for k, v in row.items() if v} for row in first.to_pylist()]
        return choose_column(rows, "", self._file.label) if rows else ""

    def rows(self, column: str) -> Iterator[list[Row]]:
        """The texts of a column with the numbers of their rows."""
        first = 1
        for batch in self.table.iter_batches(ROWS, columns=[column]):
            texts = batch.column(0).to_pylist()
            yield [(number, text) for number, text in enumerate(texts, first) if text]
            first += len(texts)


def _holds_text(kind: Any, types: Any) -> bool:
    inner = kind.value_type if types.is_dictionary(kind) else kind
    return bool(types.is_string(inner) or types.is_large_string(inner) or types.is_string_view(inner))


def _parquet(file: TextFile, column: str) -> Rows:
    with _ParquetFile(file) as table:
        chosen, done = table.column(column), 0
        rows_of_all = max(1, table.table.metadata.num_rows)
        for rows in table.rows(chosen) if chosen else ():
            done = min(rows_of_all, done + ROWS)
            yield rows, file.size * done // rows_of_all

"""Rows of one sentence each, from a table or as JSON objects, gathered into the records of concepts.

Columns ``concept`` and ``sentence`` are needed; ``label`` (positive or negative; positive when there is no
such column), ``domain``, ``sense``, ``kind``, ``broader``, ``source`` and ``related`` are optional. Related words
are parted by semicolons, and stand in the first row of their concept that has any. Concepts come in the order of
their first row; ``kind`` counts on positive rows only.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from typing import Any

from ...errors import InputError, shortened
from ..spelling import plain_name
from .record import kind_of

COLUMNS = ("concept", "sense", "domain", "broader", "source", "label", "kind", "sentence", "related")
"""Columns as written."""

_ALIASES = {"text": "sentence", "group": "domain", "name": "concept"}
_LABELS = {"positive": True, "pos": True, "1": True, "negative": False, "neg": False, "0": False}
_ONE_VALUE = ("domain", "broader", "source")


def column_names(cells: Iterable[str]) -> list[str]:
    """Names of columns as we call them."""
    names = [plain_name(cell).casefold() for cell in cells]
    return [name if name in COLUMNS else _ALIASES.get(name, name) for name in names]


def check_columns(columns: list[str], where: str) -> None:
    """Raise an `InputError` for a column that comes twice or that we do not know."""
    if len(set(columns)) < len(columns):
        twice = next(name for name in columns if columns.count(name) > 1)
        raise InputError(f"{where} has two columns for {shortened(twice)!r}: remove or rename one")
    if unknown := [name for name in columns if name not in COLUMNS]:
        raise InputError(
            f"{where} has the unknown column {shortened(unknown[0])!r}: expected {', '.join(COLUMNS)}"
        )


def is_row(value: object) -> bool:
    """Whether a JSON value is one sentence rather than a concept."""
    if not isinstance(value, Mapping) or not {"positives", "sentences"}.isdisjoint(value):
        return False
    return {"concept", "sentence"} <= set(column_names(value))


def gathered(values: Iterator[tuple[str, object]], source: str) -> Iterator[tuple[str, object]]:
    """Places and records of concepts; where the first value is a row, all are, and are gathered."""
    first = next(values, None)
    if first is None:
        return values
    values = chain((first,), values)
    return records_of_rows(_rows(values, source), source) if is_row(first[1]) else values


def records_of_rows(
    rows: Iterable[tuple[str, Mapping[str, str]]], source: str
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Gather the rows of each concept into a record; its place is that of its first row."""
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
        lists: dict[str, list[str]] = {key: [] for key in ("positives", "negatives", "kinds", "related")}
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
        if _LABELS[label]:
            record["positives"].append(row.get("sentence", ""))
            record["kinds"].append(row.get("kind", "").strip().casefold())
        else:
            record["negatives"].append(row.get("sentence", ""))
    for first, record in records.values():
        if not any(record["kinds"]):
            record["kinds"] = []
        yield f"{source}, from {first}", record


def _rows(values: Iterable[tuple[str, object]], source: str) -> Iterator[tuple[str, dict[str, str]]]:
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

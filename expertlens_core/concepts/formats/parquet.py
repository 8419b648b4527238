"""Parquet: a table of one sentence a row, with the columns of a CSV table.

Only columns of text, numbers and truth values are read, in batches within limits: a small file can hold a large table.
"""

import io
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from ...errors import InputError, shortened
from ..library import Library
from .table import COLUMNS, NEEDED, check_columns, column_names, row_records, table_rows
from .whole_file import Limits, check_size

BATCH = 512
MOST_COLUMNS = 500
_INDEX = re.compile(r"__index_level_\d+__|unnamed: \d+", re.IGNORECASE)
"""Columns of row numbers that pandas adds."""


def parquet_records(data: bytes, source: str, limits: Limits) -> Iterator[tuple[str, object]]:
    """Place and record of each concept of a table with the columns concept and sentence."""
    names, rows = parquet_table(data, source, limits)
    kept = [place for place, name in enumerate(names) if not _INDEX.fullmatch(name)]
    names = [names[place] for place in kept]
    columns = column_names(names)
    if not set(columns) >= NEEDED:
        found = ", ".join(repr(shortened(name, 20)) for name in names[:5]) or "none of text"
        raise InputError(
            f"{source} has the columns {found}: expected concept and sentence (and label, domain, sense, kind, "
            "broader, source, origin, related if wanted), or say which is which"
        )
    check_columns(columns, source)
    picked = (
        (f"row {i}", {name: row[at] for name, at in zip(columns, kept)}) for i, row in enumerate(rows, 1)
    )
    return row_records(picked, source)


def parquet_table(data: bytes, source: str, limits: Limits) -> tuple[list[str], list[list[str]]]:
    """Names of the columns that hold text, numbers or truth values, and the rows as text.

    Raises InputError when it is no Parquet file, is damaged, or holds more than the limits allow.
    """
    import pyarrow
    import pyarrow.parquet

    types = pyarrow.types
    try:
        file = pyarrow.parquet.ParquetFile(
            io.BytesIO(data),
            page_checksum_verification=True,
            thrift_string_size_limit=len(data) + 1024,
            thrift_container_size_limit=1_000_000,
        )
        schema = file.schema_arrow
        if len(schema) > MOST_COLUMNS:
            raise InputError(f"{source} has {len(schema):,} columns: expected at most {MOST_COLUMNS}")
        if file.metadata.num_rows > limits.max_sentences:
            raise InputError(
                f"{source} holds {file.metadata.num_rows:,} rows: expected at most {limits.max_sentences:,}"
            )
        plain = (
            types.is_string,
            types.is_large_string,
            types.is_integer,
            types.is_floating,
            types.is_boolean,
        )
        names = []
        for field in schema:
            kind = field.type.value_type if types.is_dictionary(field.type) else field.type
            if types.is_null(kind) or any(is_kind(kind) for is_kind in plain):
                names.append(field.name)
        if len(set(names)) < len(names):
            raise InputError(f"{source} has two columns of one name: rename one")
        rows: list[list[str]] = []
        size = 0
        for batch in file.iter_batches(BATCH, columns=[*names], use_threads=False):
            size += batch.nbytes
            check_size(size, source, limits)
            cells = [[_text(cell) for cell in column.to_pylist()] for column in batch.columns]
            rows += map(list, zip(*cells, strict=True))
            if len(rows) > limits.max_sentences:
                raise InputError(f"{source} holds more than {limits.max_sentences:,} rows: split it")
        return names, rows
    except InputError:
        raise
    except (pyarrow.ArrowException, OSError, ValueError, TypeError, KeyError, OverflowError, MemoryError):
        raise InputError(
            f"{source} is not a whole Parquet file: write or download it again, or save the table as CSV"
        ) from None


def write_parquet(library: Library, stream: BinaryIO) -> None:
    """Write a long table of texts with the columns of CSV."""
    import pyarrow
    import pyarrow.parquet

    columns = zip(*table_rows(library))
    table = pyarrow.table(
        {name: pyarrow.array(cells, pyarrow.string()) for name, cells in zip(COLUMNS, columns)}
    )
    target = io.BytesIO()
    pyarrow.parquet.write_table(table, target, write_page_checksum=True)
    stream.write(target.getvalue())


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return str(int(cell) if isinstance(cell, bool) else cell)

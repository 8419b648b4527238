"""Libraries by name, from files and to files."""

import gzip
import io
import zlib
from collections.abc import Callable
from contextlib import nullcontext
from functools import cache, partial
from pathlib import Path
from typing import BinaryIO

from ..errors import InputError, shortened
from ..files import FilesState, files_state, user_path
from .formats.json_formats import json_line_records, json_records, write_json, write_json_lines
from .formats.parquet import parquet_records, write_parquet
from .formats.record import concept_from_record, library_from_records, record_of
from .formats.selfcond_folder import folder_files, read_selfcond_folder, selfcond_files
from .formats.table import csv_records, write_csv
from .formats.whole_file import Limits, check_size, decode, write_whole_file, write_whole_folder
from .formats.zipped_folder import read_zipped_folder, write_zipped_folder
from .library import Library
from .shelf import own_library_path

BUILT_IN = ("everyday", "men")
"""Names that `load_library` takes besides paths."""
_WRITERS: dict[str, Callable[[Library, BinaryIO], None]] = {
    ".json": write_json, ".jsonl": write_json_lines, ".csv": write_csv, ".tsv": partial(write_csv, delimiter="\t"),
    ".parquet": write_parquet, ".zip": write_zipped_folder,
}  # fmt: skip
"""By suffix; each may be followed by ``.gz``. A zip file holds a folder in ml-selfcond's layout."""
FORMATS = ".json, .jsonl, .csv, .tsv, .parquet or .zip"


def load_library(name_or_path: str | Path, limits: Limits | None = None) -> Library:
    """A built-in library, one of the user's own, a folder in ml-selfcond's layout, or a file.

    A built-in name wins over an own library's, and both over a file of that name in the current folder; write
    ``./everyday`` for the file. Raises InputError when there is no such library, or its content is not one.
    """
    limits = limits or Limits()
    if name_or_path in BUILT_IN:
        return _built_in(str(name_or_path))
    path = _place(name_or_path)
    try:
        if path.is_dir():
            return read_selfcond_folder(path, limits)
        if path.is_file():
            with path.open("rb") as stream:
                return _read(stream, path.name, limits)
    except OSError as error:
        raise InputError(
            f"cannot read {shortened(str(path), 120)} ({error.strerror}): check its permissions, or copy it elsewhere"
        ) from None
    raise InputError(
        f"no library {shortened(str(name_or_path), 120)!r}: expected {', '.join(BUILT_IN)}, a folder in "
        "ml-selfcond's layout, or the path of a .json, .jsonl, .csv, .parquet or .zip file"
    )


def library_state(name_or_path: str | Path) -> FilesState:
    """Changes when a file that `load_library` reads for this name changes; empty for a built-in library."""
    if name_or_path in BUILT_IN:
        return ()
    path = _place(name_or_path)
    try:
        return files_state(folder_files(path, Limits()) if path.is_dir() else [path])
    except (OSError, InputError):
        return ()  # reading it says what is wrong


def parse_library(data: bytes, filename: str, limits: Limits | None = None) -> Library:
    """A library from the bytes of a file, e.g. an upload; `filename` says the format and the name."""
    return _read(io.BytesIO(data), Path(filename).name, limits or Limits())


def write_library(library: Library, path: str | Path) -> None:
    """Write a file in the format of its suffix or, without suffix, a folder in ml-selfcond's layout.

    Whole or not at all. A file is replaced; a folder must be new or empty. All formats carry every field of a
    concept; only JSON carries the library's name apart from the file's. An empty negative set is read back as
    ``None``. Raises InputError for an unknown format, a place that cannot be written, or a concept that is
    not valid.
    """
    path = Path(path).expanduser()
    if path.is_dir() or not path.suffix:
        _check(library)
        write_whole_folder(path, selfcond_files(library))
    else:
        write_whole_file(path, library_bytes(library, path.name))


def library_bytes(library: Library, filename: str) -> bytes:
    """The content of a file of that name, in the format of its suffix; raises InputError as `write_library`."""
    _check(library)
    _, suffix, packed = _split(filename)
    content = io.BytesIO()
    _WRITERS[suffix](library, content)
    data = content.getvalue()
    return gzip.compress(data, mtime=0) if packed else data


def _check(library: Library) -> None:
    for concept in library:
        concept_from_record(record_of(concept), f"library {library.name!r}")


def check_library_path(path: str | Path) -> None:
    """Raise InputError where `write_library` would not write, before long work for what is to be written."""
    path = Path(path).expanduser()
    if path.is_symlink() or (path.is_dir() and any(path.iterdir())):
        what = "a link" if path.is_symlink() else "a folder that is not empty"
        raise InputError(f"cannot write {path}: it is {what}, so choose a free name")
    if path.suffix and not path.is_dir():
        _split(path.name)


def _place(name_or_path: str | Path) -> Path:
    return own_library_path(str(name_or_path)) or user_path(name_or_path)


@cache
def _built_in(name: str) -> Library:
    path = Path(__file__).parent / "data" / f"{name}.jsonl"
    with path.open("rb") as stream:
        return _read(stream, path.name, Limits())


def _read(stream: io.BufferedIOBase, filename: str, limits: Limits) -> Library:
    name, suffix, packed = _split(filename)
    source = shortened(filename)
    try:
        with gzip.open(stream) if packed else nullcontext(stream) as opened:
            data = opened.read(limits.max_bytes + 1)
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise InputError(f"{source} is not a whole gzip file: compress or download it again") from None
    check_size(len(data), source, limits)
    if suffix == ".zip":
        return read_zipped_folder(data, name, source, limits)
    if suffix == ".parquet":
        return library_from_records(name, parquet_records(data, source, limits), source, limits)
    text = decode(data, source)
    match suffix:
        case ".json":
            own_name, records = json_records(text, source)
            name = name if own_name is None else own_name
        case ".jsonl":
            records = json_line_records(text, source)
        case _:
            records = csv_records(text, source)
    return library_from_records(name, records, source, limits)


def _split(filename: str) -> tuple[str, str, bool]:
    """Name, format suffix, and whether it is compressed."""
    path = Path(filename)
    packed = path.suffix.lower() == ".gz"
    inner = Path(path.stem) if packed else path
    suffix = inner.suffix.lower()
    if suffix not in _WRITERS:
        raise InputError(
            f"{shortened(filename)} has no known format: "
            f"expected a name that ends in {FORMATS} (.gz may follow)"
        )
    return inner.stem or "library", suffix, packed

"""Files that are read within limits, and written whole or not at all."""

import codecs
import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BufferedIOBase
from pathlib import Path

from ...errors import InputError
from ...files import sync_folder


@dataclass(frozen=True)
class Limits:
    """How much a library or pool may hold; more is refused, never cut."""

    max_bytes: int = 64 * 2**20
    """Size of the text in bytes, after decompression, over all files of a folder."""
    max_sentences: int = 320_000
    """Sentences over all concepts, negative sets included: the paper's 751 words of MEN with 400 each, with room."""
    max_characters: int = 20_000
    """Length of one sentence."""
    max_related: int = 500
    """Related words of one concept."""
    max_related_characters: int = 60
    """Length of one related word."""


def read_text(stream: BufferedIOBase, name: str, limits: Limits) -> str:
    """The whole text of a file; `name` stands for it in errors."""
    data = stream.read(limits.max_bytes + 1)
    check_size(len(data), name, limits)
    return decode(data, name)


def check_size(size: int, name: str, limits: Limits) -> None:
    """Raise an `InputError` when `size` bytes are more than the limit."""
    if size > limits.max_bytes:
        raise InputError(
            f"{name} is larger than {limits.max_bytes:,} bytes, the limit for a library: split it, or leave "
            "out sentences (400 for a concept are plenty)"
        )


def decode(data: bytes, name: str) -> str:
    """Bytes as text: UTF-8 (with or without byte order mark), or UTF-16 with one; else InputError."""
    if not data.strip():
        raise InputError(f"{name} is empty: expected a library of concepts with their sentences")
    encoding = "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    if encoding == "utf-8-sig" and b"\0" in data:
        raise InputError(f"{name} is a binary file (it holds NUL bytes): expected text in UTF-8")
    try:
        return data.decode(encoding).removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{name} is not text in UTF-8 (byte {error.start:,} cannot be decoded): save it as UTF-8, or "
            "check that it is the file you meant"
        ) from None


def write_whole_file(path: Path, content: bytes) -> None:
    """Write beside, sync, rename: a reader sees the old file or the new one, never a part.

    Raises InputError when the place cannot be written, or is a link or a folder.
    """
    if path.is_symlink() or path.is_dir():
        what = "a link" if path.is_symlink() else "a folder"
        raise InputError(f"cannot write {path}: it is {what}, expected a file or a free name")
    with _beside(path) as beside:
        try:
            _write_synced(beside, content)
            os.replace(beside, path)
        finally:
            beside.unlink(missing_ok=True)


def write_whole_folder(folder: Path, files: Iterable[tuple[str, bytes]]) -> None:
    """Write a new folder beside, sync, rename. An existing folder is taken only when empty.

    `files` are relative paths (``/`` between parts) with their content.
    Raises InputError when the place cannot be written, is a link, or holds files.
    """
    if folder.is_symlink():
        raise InputError(f"cannot write {folder}: it is a link, expected a free name or an empty folder")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(
            f"cannot write {folder}: it is there and not empty, so choose a free name or remove it"
        )
    with _beside(folder) as beside:
        try:
            beside.mkdir()
            for name, content in files:
                path = beside.joinpath(*name.split("/"))
                if not path.resolve().is_relative_to(beside.resolve()):
                    raise ValueError(f"file name {name!r} leads out of the folder")
                path.parent.mkdir(parents=True, exist_ok=True)
                _write_synced(path, content)
            for inner in (*(path for path in beside.iterdir() if path.is_dir()), beside):
                sync_folder(inner)
            if folder.exists():
                folder.rmdir()
            os.replace(beside, folder)
        finally:
            shutil.rmtree(beside, ignore_errors=True)


def _write_synced(path: Path, content: bytes) -> None:
    with path.open("xb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


@contextmanager
def _beside(path: Path) -> Iterator[Path]:
    """A free name beside the path, in a folder that is made, and synced at the end."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield path.parent / f".{path.name}.{secrets.token_hex(4)}.part"
        sync_folder(path.parent)
    except OSError as error:
        raise InputError(
            f"cannot write {path} ({error.strerror}): choose a place that can be written"
        ) from None

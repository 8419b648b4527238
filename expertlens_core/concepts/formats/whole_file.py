"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ...errors import InputError
from ...files import sync_folder


def write_whole_file(path: Path, content: bytes) -> None:
    """Write beside, sync, rename: a reader sees the old file or the new one, never a part.

    Raises:
        InputError: when the place cannot be written, or is a link or a folder.
    """
    if path.is_symlink() or path.is_dir():
        what = "a link" if path.is_symlink() else "a folder"
        raise InputError(f"cannot write {path}: it is {what}, expected a file or a free name")
    with _explained(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.parent / f".{path.name}.{secrets.token_hex(4)}.part"
        try:
            _write_synced(beside, content)
            os.replace(beside, path)
        finally:
            beside.unlink(missing_ok=True)
        sync_folder(path.parent)


def write_whole_folder(folder: Path, files: Iterable[tuple[str, bytes]]) -> None:
    """Write a new folder beside, sync, rename. An existing folder is taken only when empty.

    Args:
        folder: where; its parents are made.
        files: relative path (``/`` between parts) and content of each file.

    Raises:
        InputError: when the place cannot be written, is a link, or holds files.
    """
    if folder.is_symlink():
        raise InputError(f"cannot write {folder}: it is a link, expected a free name or an empty folder")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InputError(
            f"cannot write {folder}: it is there and not empty, so choose a free name or remove it"
        )
    with _explained(folder):
        folder.parent.mkdir(parents=True, exist_ok=True)
        beside = folder.parent / f".{folder.name}.{secrets.token_hex(4)}.part"
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
        sync_folder(folder.parent)


def _write_synced(path: Path, content: bytes) -> None:
    with path.open("xb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise InputError(
            f"cannot write {path} ({error.strerror}): choose a place that can be written"
        ) from None

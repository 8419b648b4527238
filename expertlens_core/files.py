"""Files: where a named one is, whether it has changed since it was read, and what makes a rename durable."""

import os
from collections.abc import Iterable
from pathlib import Path

FilesState = tuple[tuple[int, ...], ...]
"""The state of each of some files; empty for one that is not there."""


def user_path(name: str | Path) -> Path:
    """A path as it was typed, with ``~`` expanded where there is such a user."""
    try:
        return Path(name).expanduser()
    except RuntimeError:
        return Path(name)


def file_state(path: Path) -> tuple[int, ...]:
    """Size, both times and inode: a copy that keeps a file's size and time of change differs in the others."""
    status = path.stat()
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


def files_state(files: Iterable[Path]) -> FilesState:
    """Differs once a file was edited in place, replaced, added or removed."""
    found: list[tuple[int, ...]] = []
    for path in files:
        try:
            found.append(file_state(path))
        except (OSError, ValueError):
            found.append(())
    return tuple(found)


def sync_folder(folder: Path) -> None:
    """Make a rename in the folder outlive a power cut; Windows cannot open folders and needs no such thing."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

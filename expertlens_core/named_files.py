"""Files that people name: where they are, and whether they have changed since they were read."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

FilesState = tuple[tuple[int, ...], ...]
"""Times of change, size and number of each file."""


def user_path(name: str | Path) -> Path:
    """A path as it was typed, with ``~`` expanded where there is such a user."""
    try:
        return Path(name).expanduser()
    except RuntimeError:
        return Path(name)


def files_state(files: Iterable[Path]) -> FilesState:
    """Differs once a file was edited in place, replaced, added or removed."""
    found: list[tuple[int, ...]] = []
    for path in files:
        try:
            state = path.stat()
        except (OSError, ValueError):
            found.append(())
        else:
            found.append((state.st_mtime_ns, state.st_ctime_ns, state.st_size, state.st_ino))
    return tuple(found)

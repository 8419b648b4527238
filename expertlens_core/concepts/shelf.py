"""The shelf: where a user's own libraries are kept, apart from the cache, which may be emptied."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import InputError, shortened
from .spelling import safe_name

PLACE = "EXPERTLENS_LIBRARIES"
SUFFIX = ".json"
PATIENCE = 30.0
"""Seconds to wait for others who write; each holds the shelf for a moment."""


def shelf_directory() -> Path:
    """The folder in ``EXPERTLENS_LIBRARIES``, else one in the user's data folder. It may not exist yet."""
    if named := os.environ.get(PLACE):
        return Path(named).expanduser().resolve()
    import platformdirs

    return Path(platformdirs.user_data_dir("expertlens", appauthor=False)) / "libraries"


def own_libraries() -> tuple[str, ...]:
    """Names of the libraries on the shelf, in alphabetical order."""
    try:
        return tuple(sorted(path.stem for path in shelf_directory().glob(f"*{SUFFIX}")))
    except OSError:
        return ()


def own_library_path(name: str) -> Path | None:
    """The file of one of the user's own libraries; None where there is none of that name."""
    path = shelf_directory() / f"{safe_name(name)}{SUFFIX}"
    return path if name == safe_name(name) and path.is_file() else None


def new_library_path(name: str) -> Path:
    """Where a library of this name is to be written; its folder is made.

    Raises InputError for a name that cannot be a file's, or a folder that cannot be written.
    """
    if not name or name != safe_name(name):
        raise InputError(
            f"{name!r} cannot name a library: expected letters, digits, dashes and dots, such as "
            f"{safe_name(name) or 'my-animals'!r}"
        )
    return _made() / f"{name}{SUFFIX}"


@contextmanager
def shelf_held() -> Iterator[None]:
    """Nobody else writes to the shelf meanwhile: no thread, window or program. Not to be nested.

    What a writer that was killed left of its file is removed. Raises InputError where the shelf cannot be written,
    or another program does not let go of it.
    """
    from filelock import FileLock, Timeout

    folder = _made()
    lock = FileLock(folder / ".lock", thread_local=False)
    try:
        lock.acquire(timeout=PATIENCE)
    except (Timeout, OSError):
        raise InputError(
            f"your libraries in {shortened(str(folder), 120)} cannot be changed now, for another program holds them or "
            "the folder cannot be written: try again in a moment, or check its permissions"
        ) from None
    try:
        for left in folder.glob(f".*{SUFFIX}.*.part"):
            left.unlink(missing_ok=True)
        yield
    finally:
        lock.release()


def _made() -> Path:
    folder = shelf_directory()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"cannot make {folder} for your own libraries ({error.strerror}): name a folder that can be "
            f"written in {PLACE}"
        ) from None
    return folder


def remove_own_library(name: str) -> None:
    """Take a library off the shelf, if it is there."""
    if path := own_library_path(name):
        path.unlink(missing_ok=True)

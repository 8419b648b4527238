"""The store of artefacts: one verified array file per key, JSON documents beside them, a size limit.

Beneath it lies the folder of shipped results: it answers where the cache has nothing, and is never touched.
"""

from __future__ import annotations

import contextlib
import copy
import errno
import functools
import json
import logging
import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import numpy as np

from ..errors import Cancelled, InputError, quoted
from .array_file import (
    PART,
    ArrayFile,
    DamagedFileError,
    Rows,
    Shapes,
    read_array_file,
    write_array_file,
)
from .documents import Documents
from .growing_file import GrowingFile
from .inventory import SUFFIX, Entry, evict, list_entries, sweep, total_bytes
from .key import ArtefactKey
from .place import PLACE, cache_directory, cache_limit, shipped_directory
from .shipped import Shipped

Computed = tuple[Mapping[str, "np.ndarray | Rows"], Mapping[str, Any]]
"""Arrays of a new artefact, and JSON-able information about it."""

PINS = "pinned artefacts"
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM}
_log = logging.getLogger("expertlens_core.cache")


class Artefacts:
    """Artefacts in one folder, shared by threads and processes.

    Args:
        directory: default `cache_directory()`.
        limit: bytes that array files may take together; default `cache_limit()`.
        notify: told, in a sentence, whenever something is dropped; default a warning in the log.
        shipped: folder of shipped results, which may be missing; default `shipped_directory()`.
    """

    def __init__(
        self,
        directory: Path | None = None,
        limit: int | None = None,
        notify: Callable[[str], None] | None = None,
        shipped: Path | None = None,
    ) -> None:
        self.directory = directory or cache_directory()
        self.limit = cache_limit() if limit is None else limit
        self.notify = notify or _log.warning
        self._pinning = threading.Lock()
        self._verified: dict[str, tuple[int, int, int]] = {}
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        with contextlib.suppress(OSError):
            self.directory.chmod(0o700)
        with contextlib.suppress(OSError):  # a read-only cache serves what it holds
            (self.directory / "locks").mkdir(mode=0o700, exist_ok=True)
        self.shipped: Shipped | None = Shipped(shipped or shipped_directory(), lambda text: self.notify(text))
        self.documents = Documents(self.directory / "index", lambda text: self.notify(text), self.shipped)

    def get(self, key: ArtefactKey, mapped: bool = True) -> ArrayFile | None:
        """The artefact, verified once per process, or None; a damaged one is dropped, with a notice.

        The cache's, else the shipped one, whose metadata has the day of its computing under ``shipped``.
        """
        name = key.label or key.stage
        found = self._open(key.digest, mapped, name)
        return (
            found if found is not None or self.shipped is None else self.shipped.get(key.digest, mapped, name)
        )

    def has(self, key: ArtefactKey) -> bool:
        """Whether a file for the key is there, unverified."""
        return self.computed_here(key) or (self.shipped is not None and self.shipped.has(key.digest))

    def computed_here(self, key: ArtefactKey) -> bool:
        """Whether the cache itself has a file for the key."""
        return self._path(key.digest).exists()

    def shipped_day(self, key: ArtefactKey) -> str | None:
        """The day on which the artefact was computed, where `get` gives a shipped one."""
        return None if self.shipped is None or self.computed_here(key) else self.shipped.day(key.digest)

    def day(self, key: ArtefactKey) -> str:
        """The day on which the cache's artefact was computed, such as ``2026-11-29``."""
        return datetime.fromtimestamp(self._path(key.digest).stat().st_mtime, UTC).date().isoformat()

    def without_shipped(self) -> Self:
        """The same cache and records, without the shipped artefacts: what is not here is computed."""
        alone = copy.copy(self)
        alone.shipped = None
        return alone

    def computed(
        self,
        key: ArtefactKey,
        compute: Callable[[], Computed],
        *,
        mapped: bool = True,
        cancelled: Callable[[], bool] | None = None,
    ) -> ArrayFile:
        """The artefact, computed at most once among all threads and processes that ask at the same time.

        Raises:
            Cancelled: when `cancelled` says so while another process computes.
        """

        def write(path: Path) -> None:
            arrays, info = compute()
            write_array_file(path, arrays, _metadata(key, info))

        return self._made(key, write, mapped, cancelled)

    def grown(
        self,
        key: ArtefactKey,
        shapes: Shapes,
        info: Mapping[str, Any],
        fill: Callable[[GrowingFile], None],
        *,
        cancelled: Callable[[], bool] | None = None,
    ) -> ArrayFile:
        """As `computed`, for an artefact that `fill` writes in place; what it has put outlives a stop or a kill.

        Args:
            key, cancelled: as there.
            shapes: name → shape and dtype; the arrays begin as zeros.
            info: JSON-able information about it.
            fill: puts what is missing.
        """

        def write(_path: Path) -> None:
            file = self.growing(key, shapes, info)
            fill(file)
            file.finish()

        return self._made(key, write, True, cancelled)

    def growing(self, key: ArtefactKey, shapes: Shapes, info: Mapping[str, Any]) -> GrowingFile:
        """The artefact's growing file, which need not be there."""
        return GrowingFile(self._path(key.digest), shapes, _metadata(key, info))

    def _made(
        self,
        key: ArtefactKey,
        write: Callable[[Path], None],
        mapped: bool,
        cancelled: Callable[[], bool] | None,
    ) -> ArrayFile:
        found = self.get(key, mapped)
        if found is not None:
            return found
        with self._computing(key.digest, cancelled):
            found = self.get(key, mapped)
            if found is not None:
                return found
            path = self._path(key.digest)
            try:
                write(path)
            except OSError as error:
                if error.errno not in _NO_ROOM:
                    raise
                raise self._unwritable(error) from error
            self._verified[key.digest] = _state(path)
            evict(self.directory, self.limit, key.digest, self.notify, self.pinned)
            return read_array_file(path, mapped, verified=True)

    def forget(self, key: ArtefactKey) -> None:
        """Remove one artefact, if it is there."""
        self._path(key.digest).unlink(missing_ok=True)

    def pinned(self) -> frozenset[str]:
        """Digests of the artefacts that the user keeps: they are never evicted."""
        return frozenset(str(digest) for digest in self.documents.get(PINS) or ())

    def pin(self, digests: Iterable[str], on: bool = True) -> None:
        """Keep some artefacts whatever the limit, or let them go again."""
        with self._pinning:
            before = self.pinned()
            self.documents.put(PINS, sorted(before | set(digests) if on else before - set(digests)))

    def remove(self, digests: Iterable[str]) -> int:
        """Remove some artefacts by digest, pinned or not.

        Returns:
            How many there were.
        """
        known = {entry.digest for entry in self.show()} & set(digests)
        for digest in known:
            self._path(digest).unlink(missing_ok=True)
        self.pin(known, on=False)
        return len(known)

    def show(self) -> list[Entry]:
        """All artefacts, in the order in which they would be evicted."""
        return list_entries(self.directory)

    def size(self) -> int:
        """Bytes of all artefacts."""
        return total_bytes(self.directory)

    def verify(self, progress: Callable[[int, int, str], None] | None = None) -> list[str]:
        """Check every byte of every artefact and record; the damaged ones are dropped, with a notice.

        Returns:
            Names of what was dropped.
        """
        damaged: list[str] = []
        entries = self.show()
        self._verified.clear()
        for done, entry in enumerate(entries):
            if progress:
                progress(done, len(entries), entry.name)
            there = self._path(entry.digest).exists()
            if there and self._open(entry.digest, True, entry.name) is None:
                damaged.append(entry.name)
        damaged.extend(name for name in self.documents.names() if self.documents.own(name) is None)
        return damaged

    def clear(self, stage: str | None = None) -> tuple[int, int]:
        """Remove all artefacts and records, or the artefacts of one stage.

        Returns:
            How many artefacts, and their bytes.
        """
        entries = [entry for entry in self.show() if stage in (None, entry.stage)]
        for entry in entries:
            self._path(entry.digest).unlink(missing_ok=True)
        if stage is None:
            for name in self.documents.names():
                self.documents.delete(name)
            sweep(self.directory, 0.0)
        return len(entries), sum(entry.bytes for entry in entries)

    def _path(self, digest: str) -> Path:
        return self.directory / f"{digest}{SUFFIX}"

    def _open(self, digest: str, mapped: bool, name: str) -> ArrayFile | None:
        path = self._path(digest)
        try:
            state = _state(path)
            found = read_array_file(path, mapped, verified=self._verified.get(digest) == state)
        except FileNotFoundError:
            return None
        except DamagedFileError as damage:
            # Another process may have put a new file in its place already: that one stays.
            with contextlib.suppress(OSError):
                if _state(path) == state:
                    path.unlink()
            self.notify(f"cache: {name} was damaged ({damage}); it is computed again when needed")
            return None
        self._verified[digest] = state
        with contextlib.suppress(OSError):
            os.utime(path, ns=(time.time_ns(), state[2]))
        return found

    def _unwritable(self, error: OSError) -> InputError:
        return InputError(
            f"cannot write to the cache in {quoted(str(self.directory))} ({error.strerror or error}): make room there, "
            f"or name another folder in {PLACE}"
        )

    @contextmanager
    def _computing(self, digest: str, cancelled: Callable[[], bool] | None) -> Iterator[None]:
        """Hold the key's lock. The system takes it from whoever dies; the next holder sweeps."""
        from filelock import FileLock, Timeout

        lock = FileLock(self.directory / "locks" / f"{digest}.lock", thread_local=False)
        while True:
            try:
                lock.acquire(timeout=0.2)
                break
            except Timeout:
                if cancelled and cancelled():
                    raise Cancelled("stopped while another process computed the same artefact") from None
            except OSError as error:
                raise self._unwritable(error) from error
        try:
            for left in self.directory.glob(f"{digest}{SUFFIX}.*{PART}"):
                left.unlink(missing_ok=True)
            yield
        finally:
            lock.release()


def open_artefacts() -> Artefacts:
    """The store at `cache_directory()`, one per process and place."""
    return _opened(cache_directory(), cache_limit(), shipped_directory())


@functools.lru_cache(maxsize=8)
def _opened(directory: Path, limit: int, shipped: Path) -> Artefacts:
    return Artefacts(directory, limit, shipped=shipped)


def _state(path: Path) -> tuple[int, int, int]:
    status = path.stat()
    return status.st_ino, status.st_size, status.st_mtime_ns


def _metadata(key: ArtefactKey, info: Mapping[str, Any]) -> dict[str, str]:
    return {
        "stage": key.stage,
        "version": str(key.version),
        "keep": key.keep,
        "label": key.label,
        "request": _json(dict(key.request)),
        "info": _json(info),
    }


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, allow_nan=False)

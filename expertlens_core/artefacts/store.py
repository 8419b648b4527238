"""The store of artefacts: verified array files by key and JSON documents, above the folder of shipped results."""

import copy
import functools
import json
import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import numpy as np

from .array_file import ArrayFile, Rows, Shapes, read_array_file, write_array_file
from .documents import Documents
from .folder import Entry, Folder
from .growing_file import GrowingFile
from .key import ArtefactKey
from .place import cache_directory, cache_limit, shipped_directory
from .shipped import Shipped

Computed = tuple[Mapping[str, "np.ndarray | Rows"], Mapping[str, Any]]
"""Arrays of a new artefact, and JSON-able information about it."""

PINS = "pinned artefacts"


class Artefacts:
    """Artefacts in one folder, shared by threads and processes.

    Args:
        directory: default `cache_directory()`.
        limit: bytes that array files may take together; default `cache_limit()`.
        notify: told, in a sentence, whenever something is dropped; default a warning in the log.
        shipped: folder of shipped results, which may be missing; default `shipped_directory()`. It answers where
            the cache has nothing, and is never written.
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
        self.notify = notify or logging.getLogger("expertlens_core.cache").warning
        self.shipped: Shipped | None = Shipped(shipped or shipped_directory(), self.notify)
        self._folder = Folder(self.directory, self.notify)
        self.documents = Documents(self.directory / "index", self.notify, self.shipped)
        self._pinning = threading.Lock()

    def get(self, key: ArtefactKey, mapped: bool = True) -> ArrayFile | None:
        """The artefact, verified once per process, or None; a damaged one is dropped, with a notice.

        The cache's, else the shipped one, whose metadata has the day of its computing under ``shipped``.
        """
        name = key.label or key.stage
        found = self._folder.read(key.digest, mapped, name)
        if found is None and self.shipped is not None:
            return self.shipped.get(key.digest, mapped, name)
        return found

    def has(self, key: ArtefactKey) -> bool:
        """Whether a file for the key is there, unverified."""
        return self.computed_here(key) or (self.shipped is not None and self.shipped.has(key.digest))

    def computed_here(self, key: ArtefactKey) -> bool:
        """Whether the cache itself has a file for the key."""
        return self._folder.path(key.digest).exists()

    def shipped_day(self, key: ArtefactKey) -> str | None:
        """The day on which the artefact was computed, where `get` gives a shipped one."""
        return None if self.shipped is None or self.computed_here(key) else self.shipped.day(key.digest)

    def day(self, key: ArtefactKey) -> str:
        """The day on which the cache's artefact was computed, such as ``2026-11-29``."""
        status = self._folder.path(key.digest).stat()
        return datetime.fromtimestamp(status.st_mtime, UTC).date().isoformat()

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

        Raises Cancelled when `cancelled` says so while another process computes.
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

        The arrays of `shapes` begin as zeros; `fill` puts what is missing. `info` is JSON-able.
        """

        def write(_path: Path) -> None:
            file = self.growing(key, shapes, info)
            fill(file)
            file.finish()

        return self._made(key, write, True, cancelled)

    def growing(self, key: ArtefactKey, shapes: Shapes, info: Mapping[str, Any]) -> GrowingFile:
        """The artefact's growing file, which need not be there."""
        return GrowingFile(self._folder.path(key.digest), shapes, _metadata(key, info))

    def _made(
        self,
        key: ArtefactKey,
        write: Callable[[Path], None],
        mapped: bool,
        cancelled: Callable[[], bool] | None,
    ) -> ArrayFile:
        if (found := self.get(key, mapped)) is not None:
            return found
        with self._folder.locked(key.digest, cancelled):
            if (found := self.get(key, mapped)) is not None:
                return found
            self._folder.write(key.digest, write)
            self._folder.evict(self.limit, key.digest, self.pinned)
            return read_array_file(self._folder.path(key.digest), mapped, verified=True)

    def pinned(self) -> frozenset[str]:
        """Digests of the artefacts that the user keeps: they are never evicted."""
        return frozenset(str(digest) for digest in self.documents.get(PINS) or ())

    def pin(self, digests: Iterable[str], on: bool = True) -> None:
        """Keep some artefacts whatever the limit, or let them go again."""
        with self._pinning:
            before = self.pinned()
            self.documents.put(PINS, sorted(before | set(digests) if on else before - set(digests)))

    def remove(self, digests: Iterable[str]) -> int:
        """Remove some artefacts by digest, pinned or not; tells how many there were."""
        known = {entry.digest for entry in self.show()} & set(digests)
        for digest in known:
            self._folder.path(digest).unlink(missing_ok=True)
        self.pin(known, on=False)
        return len(known)

    def show(self) -> list[Entry]:
        """All artefacts, in the order in which they would be evicted."""
        return self._folder.entries()

    def size(self) -> int:
        """Bytes of all artefacts."""
        return self._folder.size()

    def verify(self, progress: Callable[[int, int, str], None] = lambda *_: None) -> list[str]:
        """Check every byte of every artefact and record; gives the names of the damaged, which are dropped."""
        damaged = self._folder.verify(progress)
        return damaged + [name for name in self.documents.names() if self.documents.own(name) is None]

    def clear(self, stage: str | None = None) -> tuple[int, int]:
        """Remove the artefacts of one stage, or all artefacts and records; gives the artefacts' number and bytes."""
        entries = [entry for entry in self.show() if stage in (None, entry.stage)]
        for entry in entries:
            self._folder.path(entry.digest).unlink(missing_ok=True)
        if stage is None:
            for name in self.documents.names():
                self.documents.delete(name)
            self._folder.sweep(0.0)
        return len(entries), sum(entry.bytes for entry in entries)


def open_artefacts() -> Artefacts:
    """The store at `cache_directory()`, one per process and place."""
    return _opened(cache_directory(), cache_limit(), shipped_directory())


@functools.lru_cache(maxsize=8)
def _opened(directory: Path, limit: int, shipped: Path) -> Artefacts:
    return Artefacts(directory, limit, shipped=shipped)


def _metadata(key: ArtefactKey, info: Mapping[str, Any]) -> dict[str, str]:
    def text(value: Mapping[str, Any]) -> str:
        return json.dumps(value, ensure_ascii=False, sort_keys=True, allow_nan=False)

    fields = {"stage": key.stage, "version": str(key.version), "keep": key.keep, "label": key.label}
    return fields | {"request": text(dict(key.request)), "info": text(info)}

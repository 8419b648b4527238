"""The cache's folder of array files: reading, writing under a lock, listing, and eviction at the size limit."""

import contextlib
import errno
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from ..errors import Cancelled, InputError, quoted
from .array_file import PART, ArrayFile, DamagedFileError, read_array_file, read_metadata
from .growing_file import GROWING
from .key import KEEP_ORDER
from .place import PLACE

SUFFIX = ".safetensors"
_RANK: dict[str, int] = {keep: position for position, keep in enumerate(KEEP_ORDER)}
_DAY = 86400.0
_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES, errno.EPERM}


@dataclass(frozen=True)
class Entry:
    """One artefact in a list."""

    digest: str
    stage: str
    label: str
    """What it is called, e.g. ``"cat in pythia-70m"``."""
    keep: str
    """Its place in `KEEP_ORDER`; ``"damaged"`` where the header is unreadable."""
    bytes: int
    used: float
    """Seconds since the epoch of its last use."""

    @property
    def name(self) -> str:
        """Label, or stage where there is none."""
        return self.label or self.stage


class Folder:
    """The array files in one folder, named by their digests; shared by threads and processes."""

    def __init__(self, directory: Path, notify: Callable[[str], None]) -> None:
        self.directory, self._notify = directory, notify
        self._verified: dict[str, tuple[int, int, int]] = {}
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        with contextlib.suppress(OSError):
            directory.chmod(0o700)
        with contextlib.suppress(OSError):  # a read-only cache serves what it holds
            (directory / "locks").mkdir(mode=0o700, exist_ok=True)

    def path(self, digest: str) -> Path:
        """Where the artefact of a digest is, or would be."""
        return self.directory / f"{digest}{SUFFIX}"

    def read(self, digest: str, mapped: bool, name: str) -> ArrayFile | None:
        """The artefact, verified once per process, or None; a damaged one is removed, with a notice."""
        path = self.path(digest)
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
            self._notify(f"cache: {name} was damaged ({damage}); it is computed again when needed")
            return None
        self._verified[digest] = state
        with contextlib.suppress(OSError):
            os.utime(path, ns=(time.time_ns(), state[2]))
        return found

    def write(self, digest: str, write: Callable[[Path], None]) -> None:
        """Let `write` make the file; its lock must be held.

        Raises InputError when the disk is full or may not be written.
        """
        path = self.path(digest)
        try:
            write(path)
        except OSError as error:
            if error.errno not in _NO_ROOM:
                raise
            raise self._unwritable(error) from error
        self._verified[digest] = _state(path)

    @contextlib.contextmanager
    def locked(self, digest: str, cancelled: Callable[[], bool] | None) -> Iterator[None]:
        """Hold the digest's lock, which the system takes from a process that dies; the next holder cleans up."""
        from filelock import FileLock, Timeout

        lock = FileLock(self.directory / "locks" / f"{digest}.lock", thread_local=False)
        while not lock.is_locked:
            try:
                lock.acquire(timeout=0.2)
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

    def _unwritable(self, error: OSError) -> InputError:
        return InputError(
            f"cannot write to the cache in {quoted(str(self.directory))} ({error.strerror or error}): make room there, "
            f"or name another folder in {PLACE}"
        )

    def entries(self) -> list[Entry]:
        """All artefacts, in the order in which they would be evicted."""
        found = []
        for path in self.directory.glob(f"*{SUFFIX}"):
            with contextlib.suppress(OSError):
                status = path.stat()
                try:
                    metadata = read_metadata(path)
                except DamagedFileError:
                    metadata = {"stage": "damaged", "keep": "damaged"}
                stage, label, keep = (metadata.get(field, "") for field in ("stage", "label", "keep"))
                found.append(Entry(path.stem, stage, label, keep, status.st_size, status.st_atime))
        return sorted(found, key=lambda entry: (_RANK.get(entry.keep, -1), entry.used, entry.digest))

    def size(self) -> int:
        """Bytes of all artefacts."""
        total = 0
        for path in self.directory.glob(f"*{SUFFIX}"):
            with contextlib.suppress(OSError):
                total += path.stat().st_size
        return total

    def evict(self, limit: int, newest: str, pinned: Callable[[], frozenset[str]]) -> None:
        """Remove artefacts until they take at most `limit` bytes: derived ones first, then the least recently used.

        The digest `newest` and the pinned ones stay. What is removed, and what does not fit, is notified.
        """
        if self.size() <= limit:
            return
        self.sweep(_DAY)
        entries = self.entries()
        excess = sum(entry.bytes for entry in entries) - limit
        removed: list[Entry] = []
        stay = pinned() | {newest}
        for entry in entries:
            if excess > 0 and entry.digest not in stay:
                with contextlib.suppress(OSError):
                    self.path(entry.digest).unlink()
                    excess -= entry.bytes
                    removed.append(entry)
        room = f"{limit / 2**20:.1f} MiB"
        if removed:
            names = ", ".join(entry.name for entry in removed[:3])
            more = f" and {len(removed) - 3} more" if len(removed) > 3 else ""
            freed = sum(entry.bytes for entry in removed) / 2**20
            self._notify(
                f"cache: removed {names}{more} ({freed:.1f} MiB) to stay within {room}; "
                "set EXPERTLENS_CACHE_LIMIT to keep more"
            )
        if excess > 0:
            one = "one artefact alone exceeds", "is kept"
            several = "the newest and the pinned artefacts exceed", "are kept"
            exceeds, kept = one if len(stay) == 1 else several
            self._notify(f"cache: {exceeds} {room} and {kept}; set EXPERTLENS_CACHE_LIMIT higher")

    def sweep(self, age: float) -> None:
        """Remove files that killed writers left behind at least `age` seconds ago."""
        for left in (*self.directory.glob(f"*{PART}"), *self.directory.glob(f"*{GROWING}")):
            with contextlib.suppress(OSError):
                if time.time() - left.stat().st_mtime >= age:
                    left.unlink()

    def verify(self, progress: Callable[[int, int, str], None]) -> list[str]:
        """Check every byte of every artefact; gives the names of the damaged ones, which are removed."""
        damaged, entries = [], self.entries()
        self._verified.clear()
        for done, entry in enumerate(entries):
            progress(done, len(entries), entry.name)
            there = self.path(entry.digest).exists()
            if there and self.read(entry.digest, True, entry.name) is None:
                damaged.append(entry.name)
        return damaged


def _state(path: Path) -> tuple[int, int, int]:
    status = path.stat()
    return status.st_ino, status.st_size, status.st_mtime_ns

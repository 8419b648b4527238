"""What is in the cache's folder, and what leaves it when the limit is reached."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .array_file import PART, DamagedFileError, read_metadata
from .growing_file import GROWING
from .key import KEEP_ORDER

SUFFIX = ".safetensors"

_RANK: dict[str, int] = {keep: position for position, keep in enumerate(KEEP_ORDER)}
_DAY = 86400.0


@dataclass(frozen=True)
class Entry:
    """One artefact in a list."""

    digest: str
    stage: str
    label: str
    """What it is called, e.g. ``"cat in pythia-70m"``."""
    keep: str
    """Its place in the order of eviction, see `KEEP_ORDER`; ``"damaged"`` where the header is unreadable."""
    bytes: int
    used: float
    """Seconds since the epoch of its last use."""

    @property
    def name(self) -> str:
        """Label, or stage where there is none."""
        return self.label or self.stage


def list_entries(directory: Path) -> list[Entry]:
    """All artefacts, in the order in which they would be evicted."""
    found = []
    for path in directory.glob(f"*{SUFFIX}"):
        with contextlib.suppress(OSError):
            found.append(_entry(path))
    return sorted(found, key=lambda entry: (_RANK.get(entry.keep, -1), entry.used, entry.digest))


def total_bytes(directory: Path) -> int:
    """Bytes of all artefacts."""
    total = 0
    for path in directory.glob(f"*{SUFFIX}"):
        with contextlib.suppress(OSError):
            total += path.stat().st_size
    return total


def evict(
    directory: Path,
    limit: int,
    kept: str,
    notify: Callable[[str], None],
    pinned: Callable[[], frozenset[str]] = frozenset,
) -> list[Entry]:
    """Remove artefacts until they fit: derived ones first, then the least recently used.

    Args:
        directory: the cache's folder.
        limit: bytes.
        kept: digest of the one that has just been written, which stays.
        notify: told what was removed, and what does not fit.
        pinned: gives the digests that the user keeps, which stay.

    Returns:
        What was removed.
    """
    if total_bytes(directory) <= limit:
        return []
    sweep(directory, _DAY)
    entries = list_entries(directory)
    excess = sum(entry.bytes for entry in entries) - limit
    removed: list[Entry] = []
    stay = pinned() | {kept}
    for entry in entries:
        if excess > 0 and entry.digest not in stay:
            with contextlib.suppress(OSError):
                (directory / f"{entry.digest}{SUFFIX}").unlink()
                excess -= entry.bytes
                removed.append(entry)
    room = f"{limit / 2**20:.1f} MiB"
    if removed:
        names = ", ".join(entry.name for entry in removed[:3])
        more = f" and {len(removed) - 3} more" if len(removed) > 3 else ""
        freed = sum(entry.bytes for entry in removed) / 2**20
        notify(
            f"cache: removed {names}{more} ({freed:.1f} MiB) to stay within {room}; "
            "set EXPERTLENS_CACHE_LIMIT to keep more"
        )
    if excess > 0:
        alone = (
            "one artefact alone exceeds" if len(stay) == 1 else "the newest and the pinned artefacts exceed"
        )
        kept_ones = "is kept" if len(stay) == 1 else "are kept"
        notify(f"cache: {alone} {room} and {kept_ones}; set EXPERTLENS_CACHE_LIMIT higher")
    return removed


def sweep(directory: Path, age: float) -> None:
    """Remove files that killed writers left behind at least `age` seconds ago."""
    for left in (*directory.glob(f"*{PART}"), *directory.glob(f"*{GROWING}")):
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime >= age:
                left.unlink()


def _entry(path: Path) -> Entry:
    status = path.stat()
    try:
        metadata = read_metadata(path)
    except DamagedFileError:
        metadata = {"stage": "damaged", "keep": "damaged"}
    stage, label, keep = (metadata.get(field, "") for field in ("stage", "label", "keep"))
    return Entry(path.stem, stage, label, keep, status.st_size, status.st_atime)

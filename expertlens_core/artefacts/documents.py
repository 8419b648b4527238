"""Small JSON results in diskcache, each with a checksum."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ..errors import InputError
from .place import writable
from .read_only import ReadOnlyIndex
from .scalar_disk import RefusedValueError, ScalarDisk
from .shipped import Shipped

_DAMAGE = (sqlite3.DatabaseError, RefusedValueError, TypeError, ValueError, AttributeError, OverflowError)
"""What a damaged database has been seen to raise; refused values are damage by someone."""
_UNUSABLE = ("locked", "readonly", "read-only", "unable to open", "disk i/o", "full")


class Documents:
    """Name → JSON value, on disk, above the shipped ones. A damaged document is dropped, with a notice."""

    def __init__(
        self, directory: Path, notify: Callable[[str], None], shipped: Shipped | None = None
    ) -> None:
        self._directory = directory
        self._notify = notify
        self._shipped = shipped
        self._cache = self._open()

    def get(self, name: str) -> Any:
        """The document, else the shipped one of that name, or None when there is neither."""
        found = self.own(name)
        return found if found is not None or self._shipped is None else self._shipped.document(name)

    def own(self, name: str) -> Any:
        """The cache's document, or None when there is none."""
        text = self._read(lambda cache: cache.get(name))
        if text is None:
            return None
        checksum, _, content = str(text).partition("\n")
        if checksum != _checksum(name, content):
            self.delete(name)
            self._notify(f"cache: the record {name!r} was damaged; it is made again when needed")
            return None
        return json.loads(content)

    def put(self, name: str, value: Any) -> None:
        """Store a JSON-able value."""
        content = json.dumps(value, ensure_ascii=False, allow_nan=False)
        text = f"{_checksum(name, content)}\n{content}"
        if self._read(lambda cache: cache.set(name, text)) is None:
            self._cache.set(name, text)

    def names(self) -> list[str]:
        """Names of all documents."""
        return [str(name) for name in self._read(list) or ()]

    def size(self) -> int:
        """Bytes on disk."""
        return sum(path.stat().st_size for path in self._directory.glob("*") if path.is_file())

    def delete(self, name: str) -> None:
        """Remove one document, if it is there."""
        self._read(lambda cache: cache.delete(name))

    def close(self) -> None:
        """Close the database."""
        self._cache.close()

    def _read(self, action: Callable[[Any], Any]) -> Any:
        """Do it, or start over with an empty database and give None where it is damaged."""
        try:
            return action(self._cache)
        except _DAMAGE as error:
            self._raise_unless_damaged(error)
            self._cache = self._renewed()
            return None

    def _open(self) -> Any:
        try:
            return self._cache_of_scalars()
        except _DAMAGE as error:
            self._raise_unless_damaged(error)
            return self._renewed()

    def _renewed(self) -> Any:
        self._notify("cache: its index was damaged; it starts empty, and array files stay")
        shutil.rmtree(self._directory, ignore_errors=True)
        return self._cache_of_scalars()

    def _cache_of_scalars(self) -> Any:
        import diskcache

        if not writable(self._directory):
            return ReadOnlyIndex(self._directory)
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        settings = {"size_limit": 2**62, "eviction_policy": "none", "cull_limit": 0}
        return diskcache.Cache(str(self._directory), disk=ScalarDisk, timeout=30, **settings)

    def _raise_unless_damaged(self, error: Exception) -> None:
        """A database that is locked, read-only or out of reach is not damaged."""
        text = str(error).lower()
        if isinstance(error, sqlite3.OperationalError) and any(word in text for word in _UNUSABLE):
            raise InputError(
                f"the cache's index in {self._directory} cannot be used ({error}): it needs a "
                "local disk with room that can be written, so name one in EXPERTLENS_CACHE"
            ) from None


def _checksum(name: str, content: str) -> str:
    return hashlib.sha256(f"{name}\n{content}".encode("utf-8", "surrogatepass")).hexdigest()

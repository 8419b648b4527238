"""Small JSON records in a database of diskcache, each with a checksum."""

import contextlib
import hashlib
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import diskcache
from diskcache import Disk
from diskcache.core import MODE_RAW, UNKNOWN

from ..errors import InputError
from .place import writable
from .shipped import Shipped


class RefusedValueError(TypeError):
    """A key or value that is not plain text or a number."""


_DAMAGE = (sqlite3.DatabaseError, RefusedValueError, TypeError, ValueError, AttributeError, OverflowError)
"""What a damaged database has been seen to raise; refused values are damage by someone."""
_UNUSABLE = ("locked", "readonly", "read-only", "unable to open", "disk i/o", "full")


class Documents:
    """Name → JSON value, on disk, above the shipped ones. A damaged document is dropped, with a notice."""

    def __init__(
        self, directory: Path, notify: Callable[[str], None], shipped: Shipped | None = None
    ) -> None:
        self._directory, self._notify, self._shipped = directory, notify, shipped
        try:
            self._cache = self._open()
        except _DAMAGE as error:
            self._start_over(error)

    def get(self, name: str) -> Any:
        """The document, else the shipped one of that name, or None when there is neither."""
        found = self.own(name)
        return found if found is not None or self._shipped is None else self._shipped.document(name)

    def own(self, name: str) -> Any:
        """The cache's document, or None when there is none."""
        text = self._do(lambda cache: cache.get(name))
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
        if self._do(lambda cache: cache.set(name, text)) is None:
            self._cache.set(name, text)

    def names(self) -> list[str]:
        """Names of the cache's documents."""
        return [str(name) for name in self._do(list) or ()]

    def delete(self, name: str) -> None:
        """Remove one document, if it is there."""
        self._do(lambda cache: cache.delete(name))

    def close(self) -> None:
        """Close the database."""
        self._cache.close()

    def _do(self, action: Callable[[Any], Any]) -> Any:
        """What the action gives; None, and an empty database, where the database is damaged."""
        try:
            return action(self._cache)
        except _DAMAGE as error:
            self._start_over(error)
            return None

    def _open(self) -> Any:
        if not writable(self._directory):
            return ReadOnlyIndex(self._directory)
        settings = {"size_limit": 2**62, "eviction_policy": "none", "cull_limit": 0}
        return diskcache.Cache(str(self._directory), disk=ScalarDisk, timeout=30, **settings)

    def _start_over(self, error: Exception) -> None:
        """Begin an empty database, unless the old one is not damaged but locked, read-only or out of reach."""
        text = str(error).lower()
        if isinstance(error, sqlite3.OperationalError) and any(word in text for word in _UNUSABLE):
            raise InputError(
                f"the cache's index in {self._directory} cannot be used ({error}): it needs a "
                "local disk with room that can be written, so name one in EXPERTLENS_CACHE"
            ) from None
        self._notify("cache: its index was damaged; it starts empty, and array files stay")
        shutil.rmtree(self._directory, ignore_errors=True)
        self._cache = self._open()


class ReadOnlyIndex:
    """What `Documents` needs of a database that cannot be written; what this process adds is kept in memory."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / "cache.db"
        self._added: dict[str, str] = {}

    def get(self, name: str) -> str | None:
        """The text, or None."""
        if name in self._added:
            return self._added[name]
        rows = self._rows("SELECT value FROM Cache WHERE raw = 1 AND key = ?", name)
        return str(rows[0][0]) if rows else None

    def set(self, name: str, text: str) -> bool:
        """Keep it as long as the process lives."""
        self._added[name] = text
        return True

    def delete(self, name: str) -> bool:
        """Forget what was added; what is on the disk stays."""
        return self._added.pop(name, None) is not None

    def close(self) -> None:
        """Nothing: each question opens the database anew."""

    def __iter__(self) -> Iterator[str]:
        names = [str(row[0]) for row in self._rows("SELECT key FROM Cache WHERE raw = 1")]
        return iter(dict.fromkeys([*names, *self._added]))

    def _rows(self, question: str, *values: str) -> list[Any]:
        def answer(mode: str) -> list[Any]:
            place = f"{self._path.resolve().as_uri()}?{mode}"
            with contextlib.closing(sqlite3.connect(place, uri=True, timeout=30)) as database:
                return database.execute(question, values).fetchall()

        if not self._path.is_file():
            return []
        try:  # with what a writer elsewhere has not yet folded in
            return answer("mode=ro")
        except sqlite3.OperationalError:
            return answer("immutable=1")


def _checksum(name: str, content: str) -> str:
    return hashlib.sha256(f"{name}\n{content}".encode("utf-8", "surrogatepass")).hexdigest()


_LARGEST = 2**63 - 1


class ScalarDisk(Disk):
    """Keys and values are `str`, `int` or `float`, stored in the database itself, and nothing else is.

    diskcache's own storage unpickles what it reads (CVE-2025-69872) and reads or removes any file that its
    database names. Here both are refused, when writing and when reading: a crafted database can at worst give
    wrong text, which the documents' checksum catches.
    """

    def put(self, key: Any) -> tuple[Any, bool]:
        """Key as stored."""
        return _scalar(key, "key"), True

    def get(self, key: Any, raw: bool) -> Any:
        """Key as given."""
        if not raw:
            raise RefusedValueError("the cache holds a key that is not plain: refused, clear the cache")
        return _scalar(key, "key")

    def store(self, value: Any, read: bool, key: Any = UNKNOWN) -> tuple[int, int, None, Any]:  # noqa: ARG002
        """Value as stored: its size, mode, no file, itself."""
        if read:
            raise RefusedValueError("the cache takes no streams: store arrays as files")
        return len(value) if isinstance(value, str) else 0, MODE_RAW, None, _scalar(value, "value")

    def fetch(self, mode: int, filename: str | None, value: Any, read: bool) -> Any:
        """Value as given."""
        if mode != MODE_RAW or filename is not None or read:
            raise RefusedValueError("the cache holds a value that is not plain: refused, clear the cache")
        return _scalar(value, "value")

    def remove(self, file_path: str) -> None:
        """Nothing: no entry of ours has a file, so a name in the database is not one to remove."""


def _scalar(value: Any, what: str) -> Any:
    if type(value) in (str, float) or (type(value) is int and -_LARGEST - 1 <= value <= _LARGEST):
        return value
    raise RefusedValueError(
        f"the cache refuses a {what} of type {type(value).__name__}: expected text or a number"
    )

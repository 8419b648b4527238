"""diskcache's database where it cannot be written: read as it lies there, with what this process adds in memory."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class ReadOnlyIndex:
    """What `Documents` needs of a diskcache of text."""

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

    def _rows(self, question: str, *values: Any) -> list[Any]:
        if not self._path.is_file():
            return []
        place = self._path.resolve().as_uri()
        try:  # with what a writer elsewhere has not yet folded in
            return _ask(f"{place}?mode=ro", question, values)
        except sqlite3.OperationalError:
            return _ask(f"{place}?immutable=1", question, values)


def _ask(place: str, question: str, values: tuple[Any, ...]) -> list[Any]:
    with contextlib.closing(sqlite3.connect(place, uri=True, timeout=30)) as database:
        return database.execute(question, values).fetchall()

"""Shipped results: a folder that came with the code, read beneath the cache and never written.

What is damaged there is ignored, with a notice, and computed as if it had not been shipped.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import Any

from .array_file import ArrayFile, DamagedFileError, read_array_file, read_metadata
from .inventory import SUFFIX
from .key import digest_of
from .squeezed import spread

DOCUMENTS = "documents.json"
"""Name → JSON value, with the checksum of all of them."""
MANIFEST = "manifest.json"


class Shipped:
    """The folder. Where it is missing, nothing was shipped."""

    def __init__(self, folder: Path, notify: Callable[[str], None]) -> None:
        self.folder = folder
        self._notify = notify
        self._verified: set[str] = set()
        self._damaged: set[str] = set()

    def has(self, digest: str) -> bool:
        """Whether a file is there that has not been seen to be damaged."""
        return digest not in self._damaged and self._path(digest).is_file()

    def get(self, digest: str, mapped: bool, name: str) -> ArrayFile | None:
        """The artefact, verified once per process, or None."""
        if not self.has(digest):
            return None
        try:
            path, verified = self._path(digest), digest in self._verified
            found = spread(read_array_file(path, mapped, verified))
        except (DamagedFileError, OSError) as damage:
            self._damaged.add(digest)
            self._notify(f"shipped results: {name} is ignored ({damage}); it is computed when needed")
            return None
        self._verified.add(digest)
        return found

    def day(self, digest: str) -> str | None:
        """The day on which a shipped artefact was computed, such as ``2026-11-29``; None where there is none."""
        try:
            return read_metadata(self._path(digest)).get("shipped") if self.has(digest) else None
        except (DamagedFileError, OSError):
            return None

    def document(self, name: str) -> Any:
        """The JSON record, or None."""
        return copy.deepcopy(self._documents.get(name))

    @cached_property
    def _documents(self) -> dict[str, Any]:
        path = self.folder / DOCUMENTS
        if not path.is_file():
            return {}
        try:
            return read_documents(path)
        except (DamagedFileError, OSError) as damage:
            self._notify(f"shipped results: their records are ignored ({damage})")
            return {}

    def _path(self, digest: str) -> Path:
        return self.folder / f"{digest}{SUFFIX}"


def documents_text(documents: dict[str, Any]) -> str:
    """What `read_documents` reads."""
    content = {"checksum": digest_of(documents), "documents": documents}
    return json.dumps(content, ensure_ascii=False, sort_keys=True, indent=0)


def read_documents(path: Path) -> dict[str, Any]:
    """All records of a file.

    Raises:
        DamagedFileError: when they are not what was written.
        OSError: when it cannot be read.
    """
    try:
        content = json.loads(path.read_bytes())
        documents: dict[str, Any] = content["documents"]
        whole = content["checksum"] == digest_of(documents)
    except (ValueError, KeyError, TypeError, RecursionError):
        whole = False
    if not whole:
        raise DamagedFileError(f"{path.name} does not match its checksum")
    return documents

"""Shipped results: a folder that came with the code, read beneath the cache and never written.

Its arrays are compressed inside their array files; its records stand in one JSON file. What is damaged there is
ignored, with a notice, and computed as if it had not been shipped.
"""

import copy
import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from .array_file import ArrayFile, DamagedFileError, read_array_file, read_metadata
from .key import digest_of

DOCUMENTS = "documents.json"
"""Name → JSON value, with the checksum of all of them."""
MANIFEST = "manifest.json"
_SQUEEZED = "squeezed"
"""Metadata field with the types and shapes of compressed arrays."""


class Shipped:
    """The folder. Where it is missing, nothing was shipped."""

    def __init__(self, folder: Path, notify: Callable[[str], None]) -> None:
        self.folder, self._notify = folder, notify
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
            found = spread(read_array_file(self._path(digest), mapped, digest in self._verified))
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
        try:
            return read_documents(path) if path.is_file() else {}
        except (DamagedFileError, OSError) as damage:
            self._notify(f"shipped results: their records are ignored ({damage})")
            return {}

    def _path(self, digest: str) -> Path:
        return self.folder / f"{digest}.safetensors"


def documents_text(documents: dict[str, Any]) -> str:
    """The file's text that `read_documents` reads."""
    content = {"checksum": digest_of(documents), "documents": documents}
    return json.dumps(content, ensure_ascii=False, sort_keys=True, indent=0)


def read_documents(path: Path) -> dict[str, Any]:
    """All records of a file; a `DamagedFileError` when they are not what was written."""
    try:
        content = json.loads(path.read_bytes())
        documents: dict[str, Any] = content["documents"]
        whole = content["checksum"] == digest_of(documents)
    except (ValueError, KeyError, TypeError, RecursionError):
        whole = False
    if not whole:
        raise DamagedFileError(f"{path.name} does not match its checksum")
    return documents


def squeeze(
    arrays: Mapping[str, np.ndarray], metadata: Mapping[str, str]
) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    """Compressed arrays, each `[bytes]` uint8, and the metadata with their types and shapes.

    The first bytes of all numbers are compressed together, then the second ones: they are alike among themselves.
    """
    shapes = {name: [array.dtype.str, list(array.shape)] for name, array in arrays.items()}
    made = {}
    for name, array in arrays.items():
        planes = np.ascontiguousarray(array).view(np.uint8).reshape(-1, array.itemsize).T
        made[name] = np.frombuffer(zlib.compress(planes.tobytes(), 9), dtype=np.uint8)
    return made, {**metadata, _SQUEEZED: json.dumps(shapes)}


def spread(file: ArrayFile) -> ArrayFile:
    """The file with its arrays as they were before `squeeze`, read-only; itself where nothing was compressed."""
    if _SQUEEZED not in file.metadata:
        return file
    arrays = {}
    for name, (code, shape) in json.loads(file.metadata[_SQUEEZED]).items():
        dtype = np.dtype(code)
        planes = np.frombuffer(zlib.decompress(file.arrays[name].tobytes()), dtype=np.uint8)
        whole = np.ascontiguousarray(planes.reshape(dtype.itemsize, -1).T)
        arrays[name] = whole.view(dtype).reshape(shape)
        arrays[name].flags.writeable = False
    return replace(file, arrays=arrays)

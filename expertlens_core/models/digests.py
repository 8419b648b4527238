"""Digests of weight files: what a cached result was computed with."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, MutableMapping
from pathlib import Path

from .state import file_state

_memo: dict[str, str] = {}


def file_digest(path: Path, memo: MutableMapping[str, str] | None = None) -> str:
    """SHA-256 (hex) of a file, read once per path and state (see `state.file_state`).

    Args:
        path: the file.
        memo: digests known from before (a disk cache, for example); new ones are added. Within the process
            they are remembered anyway.
    """
    key = "|".join(map(str, [path.resolve(), *file_state(path)]))
    digest = _memo.get(key) or (memo.get(key) if memo is not None else None)
    if digest is None:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    _memo[key] = digest
    if memo is not None:
        memo[key] = digest
    return digest


def files_digest(paths: Iterable[Path], memo: MutableMapping[str, str] | None = None) -> str:
    """SHA-256 (hex) over names and contents of some files, independent of their order and folder."""
    lines = sorted(f"{path.name} {file_digest(path, memo)}" for path in paths)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()

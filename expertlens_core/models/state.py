"""What a model's files look like from outside: another state means that the model has to be loaded again."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

from .availability import hub_cache
from .built_in import SHA256, built_in_file, is_built_in

_COMMIT = re.compile(r"[0-9a-f]{40}")


def model_state(name: str, revision: str | None) -> list[Any]:
    """A JSON-able state: the files of a folder, a file, or the commit that the hub's local cache points to."""
    if is_built_in(name):
        return [SHA256] if built_in_file() is not None else []
    place = Path(name).expanduser()
    if place.is_file():
        return [file_state(place)]
    if place.is_dir():
        return [
            [path.relative_to(place).as_posix(), *file_state(path)]
            for path in sorted(place.rglob("*"))
            if path.is_file() and not _hidden(path.relative_to(place))
        ]
    if revision and _COMMIT.fullmatch(revision):
        return hub_state(revision)
    reference = hub_cache() / f"models--{name.replace('/', '--')}" / "refs" / (revision or "main")
    try:
        return hub_state(reference.read_text(encoding="utf-8").strip())
    except OSError:
        return []


def hub_state(commit: str) -> list[Any]:
    """The state of a hub model: its files are named by their content and never change."""
    return ["hub", commit]


def file_state(path: Path) -> list[int]:
    """Size, both times and inode: copies that keep a file's size and time of change have others of the rest."""
    status = os.stat(path)
    return [status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino]


def _hidden(path: Path) -> bool:
    return any(part.startswith((".", "__")) for part in path.parts)

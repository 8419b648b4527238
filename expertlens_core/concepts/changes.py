"""Changes: what was taken out of the user's own libraries or overwritten there, kept beside them to be undone."""

import hashlib
import json
import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import InputError
from .formats.record import concept_from_record, record_of
from .formats.whole_file import write_whole_file
from .library import Concept
from .shelf import SUFFIX, shelf_directory

FOLDER = ".removed"
MOST = 100
"""Changes that are kept; the oldest go."""
MOST_BYTES = 512 * 2**20
"""Room that they may take; the last one is kept whatever its size."""
FORMAT = "expertlens-change"


@dataclass(frozen=True)
class Change:
    """One change to a library, with everything that it took away."""

    id: str
    """Library, moment and four digits; names the file."""
    library: str
    """Name of the library before the change."""
    what: str
    """What was done, such as ``"removed cat"``."""
    when: float
    """In seconds since the epoch."""
    before: tuple[Concept, ...] = ()
    """The concepts that were removed or changed, as they were."""
    places: tuple[int, ...] = ()
    """Where each of them stood."""
    after: tuple[tuple[str, str], ...] = ()
    """Key and `state_of` of each concept that came in their place."""
    gone: bool = False
    """Whether the library went with them."""
    renamed: str = ""
    """The library's new name, if that was the change."""


def state_of(concept: Concept) -> str:
    """SHA-256 (hex) of everything that is kept of a concept: tells whether it was changed since it was read."""
    return hashlib.sha256(json.dumps(record_of(concept), ensure_ascii=False).encode()).hexdigest()


def library_state_of(concepts: Sequence[Concept]) -> str:
    """SHA-256 (hex) of everything that is kept of some concepts, in order."""
    return hashlib.sha256("".join(map(state_of, concepts)).encode()).hexdigest()


def kept_change(library: str, what: str, **fields: Any) -> Change:
    """Write a change down, before it is made, and let the oldest go."""
    now = time.time()
    stamp = time.strftime("%Y%m%dT%H%M%S", time.gmtime(now))
    change = Change(f"{library}-{stamp}-{secrets.token_hex(2)}", library, what, now, **fields)
    content = {"format": FORMAT, "version": 1} | vars(change) | {"before": [*map(record_of, change.before)]}
    write_whole_file(_path(change.id), json.dumps(content, ensure_ascii=False, indent=1).encode() + b"\n")
    size = 0
    for number, path in enumerate(sorted(_files(), key=_written, reverse=True)):
        size += path.stat().st_size
        if number and (number >= MOST or size > MOST_BYTES):
            path.unlink(missing_ok=True)
    return change


def changes(library: str = "", most: int = MOST) -> list[Change]:
    """The changes that are kept, of one library or of all, the last one first. Damaged ones are passed over."""
    found: list[Change] = []
    for path in sorted(_files(), key=_written, reverse=True):
        change = read_change(path.stem) if len(found) < most else None
        if change and library in ("", change.library, change.renamed):
            found.append(change)
    return sorted(found, key=lambda change: -change.when)


def is_kept(change: Change) -> bool:
    """Whether a change can still be undone: it was not, and did not have to go."""
    return _path(change.id).is_file()


def read_change(name: str) -> Change | None:
    """A change by its id; None where it is not kept (any more), or its file is none."""
    path = _path(name)
    if path.parent != shelf_directory() / FOLDER or name.startswith("."):
        return None
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
        if (value.pop("format"), value.pop("version")) != (FORMAT, 1):
            return None
        value["before"] = tuple(concept_from_record(each, name) for each in value["before"])
        value["places"] = tuple(int(place) for place in value["places"])
        value["after"] = tuple((str(key), str(state)) for key, state in value["after"])
        change = Change(**value)
        sound = change.id == name and len(change.places) == len(change.before) and change.when >= 0
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return change if sound and isinstance(change.library, str) and isinstance(change.renamed, str) else None


def last_change(library: str = "") -> Change:
    """The last change of one library, or of all; raises InputError where none is kept."""
    if found := changes(library, 1):
        return found[0]
    where = f"of the library {library!r} " if library else ""
    raise InputError(f"no change {where}is kept to be undone: only removals, edits and renames are")


def put_aside(path: Path) -> None:
    """Move a library that cannot be read to the changes, under a name of its own."""
    aside = shelf_directory() / FOLDER / f"{path.stem}-{secrets.token_hex(2)}.damaged"
    aside.parent.mkdir(exist_ok=True)
    path.replace(aside)


def forget_change(change: Change) -> None:
    """Let a change go, if it is there."""
    _path(change.id).unlink(missing_ok=True)


def _path(name: str) -> Path:
    return shelf_directory() / FOLDER / f"{name}{SUFFIX}"


def _files() -> list[Path]:
    try:
        return list((shelf_directory() / FOLDER).glob(f"*{SUFFIX}"))
    except OSError:
        return []


def _written(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0

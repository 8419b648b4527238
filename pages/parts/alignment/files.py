"""Files of judgments that people bring: checked by what they hold, then kept beside their libraries."""

from __future__ import annotations

import hashlib
import os
import secrets
import tempfile
from pathlib import Path

from expertlens_core.analysis.judgment_source import DOWNLOADS, load_judgments
from expertlens_core.concepts.shelf import shelf_directory
from expertlens_core.errors import InputError
from pages.shared.show import file_name

MEGABYTES = 8
"""Size of an upload at most: MEN has 0.06, all of SPP 0.2."""


def own_files() -> tuple[Path, ...]:
    """Files that were uploaded earlier, in alphabetical order."""
    try:
        return tuple(sorted(path for path in _folder().glob("*/*") if path.is_file()))
    except OSError:
        return ()


def keep_file(name: str, data: bytes) -> Path:
    """Check an uploaded file by reading it as judgments, and keep it; the same content is kept once.

    Raises:
        InputError: for a file that is too large or holds no judgments, or a folder that cannot be written.
    """
    if len(data) > MEGABYTES * 2**20:
        raise InputError(f"{name} is larger than {MEGABYTES} MB: expected word pairs with scores, as text")
    safe = _safe(name)
    with tempfile.TemporaryDirectory() as trial:
        path = Path(trial) / safe
        path.write_bytes(data)
        load_judgments(path)
    place = _folder() / hashlib.sha256(data).hexdigest()[:12]
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside = place / f".{secrets.token_hex(4)}"
        beside.write_bytes(data)
        os.replace(beside, place / safe)
    except OSError as error:
        raise InputError(
            f"cannot keep {name} in {place} ({error.strerror}): name a folder that can be written in "
            "EXPERTLENS_LIBRARIES"
        ) from None
    return place / safe


def is_downloaded(name: str) -> bool:
    """Whether known judgments are on this computer."""
    import pooch

    download = DOWNLOADS[name]
    place = Path(pooch.os_cache("expertlens")) / "judgments" / f"{download.file}.unpacked"
    return all((place / member).is_file() for member in download.members)


def _safe(name: str) -> str:
    """The file's own name, where every system takes it; MEN's files are known by theirs."""
    path = Path(name.replace("\\", "/"))
    return file_name(path.stem or "judgments", path.suffix.lstrip(".")).rstrip(".") or "judgments"


def _folder() -> Path:
    return shelf_directory() / "judgments"

"""Where the cache and the shipped results are, and how large the cache may grow."""

import os
import re
from pathlib import Path

from ..errors import InputError

PLACE = "EXPERTLENS_CACHE"
LIMIT = "EXPERTLENS_CACHE_LIMIT"
SHIPPED = "EXPERTLENS_SHIPPED"
DEFAULT_LIMIT = 20 * 2**30
"""Bytes: the pool and 120 concepts of Pythia-1b take about 7 GB."""

_PROJECT = Path(__file__).resolve().parents[2]
_UNITS = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}


def cache_directory() -> Path:
    """The folder in ``EXPERTLENS_CACHE``, else the project's own ``cache``, else the user's cache folder.

    It is made (mode 0700) if it is missing. One that the variable names may be read-only: it serves what it holds.

    Raises InputError when the folder that the variable names can be neither written nor read.
    """
    named = os.environ.get(PLACE)
    if named:
        place = Path(named).expanduser().resolve()
        readable = place.is_dir() and os.access(place, os.R_OK | os.X_OK)
        if not writable(place) and not readable:
            raise InputError(
                f"{PLACE} names {place}, which cannot be written: expected a folder on a local disk that "
                "you may write to, so correct the variable or unset it"
            )
        return place
    own = _PROJECT / "cache"
    if (_PROJECT / "pyproject.toml").is_file() and writable(own):
        return own
    import platformdirs

    place = Path(platformdirs.user_cache_dir("expertlens", appauthor=False))
    if not writable(place):
        raise InputError(f"no place for the cache: neither {own} nor {place} can be written, so set {PLACE}")
    return place


def cache_limit() -> int:
    """Bytes that the cache may hold: ``EXPERTLENS_CACHE_LIMIT`` (``500M``, ``20G``), default 20 GiB."""
    text = os.environ.get(LIMIT, "").strip()
    if not text:
        return DEFAULT_LIMIT
    match = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMGT]?)(?:I?B)?", text.upper())
    if not match:
        raise InputError(f"{LIMIT} is {text!r}: expected a size such as 500M or 20G")
    return int(float(match[1]) * _UNITS[match[2]])


def shipped_directory() -> Path:
    """The folder of shipped results: the one in ``EXPERTLENS_SHIPPED``, else the package's own; it may be missing."""
    named = os.environ.get(SHIPPED)
    return Path(named).expanduser().resolve() if named else Path(__file__).resolve().parents[1] / "shipped"


def writable(place: Path) -> bool:
    """Whether a folder can be written; it is made where it is missing."""
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(place, os.W_OK | os.X_OK)

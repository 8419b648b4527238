"""Safe file names for concepts and domains, on every system."""

from __future__ import annotations

import hashlib
import re

_PLAIN = re.compile(r"[a-z0-9]+(?:[_-]+[a-z0-9]+)*_{0,2}")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)_*|.*-[0-9a-f]{8}")
"""Device names of Windows, and names that look like our own."""


def safe_name(text: str) -> str:
    """A file name for `text`, without suffix: distinct texts get distinct names, whatever the case.

    Plain lower-case names (``cat``, ``football-1_04_00__``) stay as they are. Anything else (spaces,
    capitals, accents, ``../``, names that Windows reserves) becomes its plain letters and eight digits of its
    SHA-256: ``bank (river)`` → ``bank_river-c1ec95aa``. The real text belongs in the file.
    """
    if _PLAIN.fullmatch(text) and not _RESERVED.fullmatch(text) and len(text) <= 80:
        return text
    plain = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:60].strip("_")
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{plain or 'unnamed'}-{digest}"

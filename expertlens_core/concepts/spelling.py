"""Spelling: one form for texts that look the same, and file names that are safe on every system."""

import hashlib
import re
import unicodedata
from itertools import groupby


def _class(categories: str) -> str:
    """A character class of Unicode categories, for `re`."""
    # The first two planes hold every combining mark but variation selectors.
    wanted = [code for code in range(0x20000) if unicodedata.category(chr(code)) in categories]
    runs = [list(run) for _, run in groupby(enumerate(wanted), lambda each: each[1] - each[0])]
    return "".join(f"\\U{run[0][1]:08x}-\\U{run[-1][1]:08x}" for run in runs)


MARKS = _class("Mn Mc Me")
"""Combining marks, as the inside of a character class."""
_INVISIBLE = re.compile(
    # Control characters but spaces, format characters, and what else shows nothing: fillers and variation selectors.
    rf"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f{_class('Cf')}"
    r"\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0000-\U000e0fff]"
)
_CLUSTER = re.compile(rf".(?:[{MARKS}\u1160-\u11ff]|{_INVISIBLE.pattern})*", re.DOTALL)
"""A character with all that may join it in its composed form."""
_SAFE = re.compile(r"[a-z0-9]+(?:[_-]+[a-z0-9]+)*_{0,2}")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)_*|.*-[0-9a-f]{8}")
"""Device names of Windows, and names that look like our own."""


def visible(text: str) -> str:
    """The text composed (NFC), without characters that show nothing."""
    return text if text.isascii() and text.isprintable() else _composed(text)


def plain_name(text: str) -> str:
    """A name in the form in which names are compared: visible characters, single spaces.

    >>> plain_name(" cafe\\u0301\\u00a0 noir\\u200b")
    'café noir'
    """
    return " ".join(visible(text).split())


def visible_with_places(text: str) -> tuple[str, list[int]]:
    """`visible`, and for each of its characters, and for its end, the place in the text."""
    made: list[str] = []
    places: list[int] = []
    for cluster in _CLUSTER.finditer(text):
        shown = _composed(cluster.group())
        made.append(shown)
        places += [cluster.start()] * len(shown)
    return "".join(made), [*places, len(text)]


def safe_name(text: str) -> str:
    """A file name for `text`, without suffix: distinct texts get distinct names, whatever the case.

    Plain lower-case names (``cat``, ``football-1_04_00__``) stay as they are. Anything else (spaces,
    capitals, accents, ``../``, names that Windows reserves) becomes its plain letters and eight digits of its
    SHA-256: ``bank (river)`` → ``bank_river-c1ec95aa``.
    """
    if _SAFE.fullmatch(text) and not _RESERVED.fullmatch(text) and len(text) <= 80:
        return text
    plain = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")[:60].strip("_")
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{plain or 'unnamed'}-{digest}"


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", text))

"""Texts that look the same are the same: one form for names, mentions and judgments."""

from __future__ import annotations

import re
import unicodedata
from itertools import groupby

_SCANNED = range(0x20000)
"""Code points that hold every combining mark but variation selectors."""


def _class(categories: str) -> str:
    """A character class of Unicode categories, for `re`."""
    wanted = [code for code in _SCANNED if unicodedata.category(chr(code)) in categories]
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


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", text))

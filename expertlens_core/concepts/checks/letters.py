"""Letters that went wrong on the way: mojibake, HTML entities, characters that are lost."""

import html
import re
from collections.abc import Iterator

from .finding import Finding, several
from .sets import SentenceSets

_TO_BYTE = {bytes([value]).decode("cp1252", "replace"): value for value in range(0x80, 0x100)}
_TO_BYTE.pop("\ufffd")
_TO_BYTE |= {chr(value): value for value in (0x81, 0x8D, 0x8F, 0x90, 0x9D)}
"""Character → the byte that Windows-1252 shows by it; the five it leaves open as Latin-1."""
_FOLLOW = "".join(re.escape(each) for each, value in _TO_BYTE.items() if value < 0xC0)
_BROKEN = re.compile(
    f"[\u00c2-\u00df][{_FOLLOW}]|[\u00e0-\u00ef][{_FOLLOW}]{{2}}|[\u00f0-\u00f4][{_FOLLOW}]{{3}}"
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[A-Za-z]{2,8}\d{0,2});")
LOST = "\ufffd"


def decoded(sentence: str) -> str:
    """The sentence with its letters as they were meant; itself where nothing went wrong.

    >>> decoded("The cafÃ© &amp; the bar donâ€™t open.")
    'The café & the bar don’t open.'
    """
    text = _ENTITY.sub(lambda match: html.unescape(match.group()), sentence)
    for _ in range(3):  # twice wrong is not rare
        again = _BROKEN.sub(_as_utf8, text)
        if again == text:
            break
        text = again
    return text


def encoding(sets: SentenceSets) -> Iterator[Finding]:
    """UTF-8 that was read as Windows-1252, and HTML entities."""
    on, off = (
        [row for row, text in enumerate(some) if decoded(text) != text]
        for some in (sets.positives, sets.negatives)
    )
    if on or off:
        text = sets.positives[on[0]] if on else sets.negatives[off[0]]
        seen = (_BROKEN.search(text) or _ENTITY.search(text) or [""])[0]
        yield Finding(
            "encoding",
            "warning",
            len(on) + len(off),
            f"{several(len(on) + len(off))} {'has' if len(on) + len(off) == 1 else 'have'} letters that were read in a "
            f"wrong encoding, such as “{seen}”.",
            "The model reads rare tokens there, and units answer to them instead of the concept.",
            "Put the letters right.",
            positives=tuple(on),
            negatives=tuple(off),
            way="decode" if on or sets.own else "",
        )


def lost_letters(sets: SentenceSets) -> Iterator[Finding]:
    """Replacement characters: what stood there cannot be told any more."""
    on, off = (
        [row for row, text in enumerate(some) if LOST in text] for some in (sets.positives, sets.negatives)
    )
    if on or off:
        yield Finding(
            "lost letters",
            "warning",
            len(on) + len(off),
            f"{several(len(on) + len(off))} {'has' if len(on) + len(off) == 1 else 'have'} a replacement character "
            f"(“{LOST}”): a letter was lost.",
            "The model reads rare tokens there, and units answer to them instead of the concept.",
            "Read the file again in its own encoding, write the letters anew, or take these sentences out.",
            positives=tuple(on),
            negatives=tuple(off),
            way="take out" if len(on) < len(sets.positives) and (on or sets.own) else "",
        )


def _as_utf8(match: re.Match[str]) -> str:
    try:
        return bytes(_TO_BYTE[each] for each in match.group()).decode()
    except (UnicodeDecodeError, KeyError):
        return match.group()

"""Text that every drawing and every XML file takes."""

from __future__ import annotations

import re

_REFUSED = re.compile("[^\t\n\r\u0020-\u007e\u0085\u00a0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def printable(text: str) -> str:
    """The text with U+FFFD for every character that XML 1.0 forbids or discourages.

    Not for looks alone: the library that turns charts into SVG and PNG ends the whole process on one.
    """
    return _REFUSED.sub("\ufffd", text)

"""docs/meaning.md has several writers, each of whom writes its own parts."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import fill

WHOLE: dict[str, bool] = {"break_long_words": False, "break_on_hyphens": False}
PAGE = Path(__file__).resolve().parents[1] / "docs" / "meaning.md"


def wrapped(text: str) -> str:
    """The same with lines of at most 120 characters, but for tables and titles."""
    parts = text.strip().split("\n\n")
    kept = [part if part.startswith(("|", "#")) else fill(part, 120, **WHOLE) for part in parts]
    return "\n\n".join(kept)


def write_section(page: Path, section: str) -> None:
    """Put a section, whose first line is its title (``## Causes``), in place of the one of that title, else last."""
    title, text = section.partition("\n")[0], page.read_text(encoding="utf-8")
    before, found, after = text.partition(f"{title}\n")
    following = re.search(r"^## ", after, re.MULTILINE)
    rest = after[following.start() :] if found and following else ""
    parts = [part.strip() for part in (before, section, rest)]
    page.write_text("\n\n".join(filter(None, parts)) + "\n", encoding="utf-8")

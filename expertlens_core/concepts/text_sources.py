"""Passages of text with their places, streamed from files of any size: lines, paragraphs, or cells of a table.

Memory does not grow with the file: a block is read at a time, and a line without end is read in parts.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, pairwise

from .sentence_ends import ends_a_sentence, last_end
from .text_files import TextFile, check_text, opened
from .text_tables import cells

BLOCK = 1 << 17
"""Characters that are read at once."""
LONGEST = 1 << 20
"""Characters of a line, after which it is read in parts."""
_LONG_PARAGRAPH, _LONGEST_PARAGRAPH = 5_000, 50_000
"""Characters after which a paragraph ends at the next end of a sentence; and after which it ends."""
_LOOKED_AT = 400
"""Lines from which it is told whether a text is wrapped."""
_ITEM = re.compile(r"\s*(?:[-*+•]|\d{1,3}[.)])\s")
_FENCE = re.compile(r"\s{0,3}(```|~~~)")
_NO_PROSE = re.compile(r"\s{0,3}(?:#{1,6}(?:\s|$)|\||[-=*_]{3,}\s*$|\[[^\]]+\]:\s)")
"""A heading, a row of a table, a line across the page, or an address for a link."""
_QUOTED = re.compile(r"\s{0,3}(?:>\s?)+")

Numbered = tuple[int, str]
"""A place (number of a line or row, from 1) and the text that begins there."""


@dataclass(frozen=True, eq=False)
class Passages:
    """Some passages of a file, one after the other. A line break inside a text counts on from its number."""

    label: str
    """What the file is called."""
    numbers: tuple[int, ...]
    """`[passages]` line or row where each begins, from 1."""
    texts: tuple[str, ...]
    """`[passages]`"""
    read: int
    """Bytes of the file that have been read by now."""


def passages(file: TextFile, column: str = "") -> Iterator[Passages]:
    """The passages of a file: its lines, its paragraphs where it is wrapped or Markdown, or the cells of a column.

    Args:
        file: of `text_files`.
        column: of a table; empty takes the one whose texts are longest in the mean.

    Raises InputError where the file cannot be read, or has no such column.
    """
    if file.kind in ("text", "markdown"):
        yield from _of_text(file)
        return
    for rows, read in cells(file, column):
        numbered = [(number, text) for number, cell in rows for text in cell_texts(cell)]
        yield _made(file.label, numbered, read)


def cell_texts(cell: str) -> Iterable[str]:
    """The paragraphs of a cell, without line breaks."""
    if "\n" not in cell and "\r" not in cell:
        return (cell,)
    lines = cell.splitlines()
    numbered = enumerate(lines, 1)
    kept = _paragraphs(numbered) if is_wrapped(lines) else numbered
    return [text.replace("\n", " ") for _, text in kept]


def is_wrapped(lines: list[str]) -> bool:
    """Whether lines go on in the next: a quarter of those with a next one end no sentence, and it begins small."""
    pairs = [(a, b.lstrip()) for a, b in pairwise(lines) if a.strip() and b.strip()]
    going_on = sum(not ends_a_sentence(a) and b[:1].islower() for a, b in pairs)
    return 4 * going_on >= len(pairs) > 0


def _of_text(file: TextFile) -> Iterator[Passages]:
    with opened(file) as (stream, raw):
        blocks = _blocks(iter(lambda: stream.read(BLOCK), ""), file.label)
        first = next(blocks, None)
        if first is None:
            return
        blocks = chain((first,), blocks)
        if file.kind == "text" and not is_wrapped([line for _, line in first[:_LOOKED_AT]]):
            for lines in blocks:
                yield _made(file.label, lines, raw.tell())
            return
        lines_of_all: Iterator[Numbered] = (line for block in blocks for line in block)
        if file.kind == "markdown":
            lines_of_all = _prose(lines_of_all)
        held: list[Numbered] = []
        size = 0
        for number, text in _paragraphs(lines_of_all):
            held.append((number, text))
            size += len(text)
            if size >= BLOCK:
                yield _made(file.label, held, raw.tell())
                held, size = [], 0
        yield _made(file.label, held, raw.tell())


def _made(label: str, numbered: Iterable[Numbered], read: int) -> Passages:
    kept = [(number, text) for number, text in numbered if text and not text.isspace()]
    return Passages(label, tuple(number for number, _ in kept), tuple(text for _, text in kept), read)


def _blocks(parts: Iterable[str], label: str) -> Iterator[list[Numbered]]:
    """The lines of a stream, some at a time, with their numbers."""
    number, rest = 1, ""
    for part in parts:
        check_text(part, label)
        lines = (rest + part).split("\n")
        rest = lines.pop()
        block = list(enumerate(lines, number))
        number += len(lines)
        if len(rest) > LONGEST:
            end = last_end(rest)
            block.append((number, rest[:end]))
            rest = rest[end:]
        yield block
    if rest:
        yield [(number, rest)]


def _paragraphs(lines: Iterable[Numbered]) -> Iterator[Numbered]:
    """Lines joined up to a blank one or the next item of a list, with the number of their first."""
    held: list[str] = []
    first = size = 0
    for number, line in lines:
        blank = not line or line.isspace()
        long = size > _LONG_PARAGRAPH and (size > _LONGEST_PARAGRAPH or ends_a_sentence(held[-1]))
        if held and (blank or long or _ITEM.match(line)):
            yield first, "\n".join(held)
            held, size = [], 0
        if not blank:
            if not held:
                first = number
            held.append(line)
            size += len(line)
    if held:
        yield first, "\n".join(held)


def _prose(lines: Iterable[Numbered]) -> Iterator[Numbered]:
    """Markdown's lines without code, tables, headings and what stands before the text; those end a paragraph."""
    fence = front = ""
    for number, line in lines:
        if number == 1 and line.rstrip() in ("---", "+++"):
            front = line.rstrip()
            continue
        if front:
            front = "" if line.rstrip() in (front, "...") else front
            continue
        found = _FENCE.match(line)
        if found and (not fence or found[1] == fence):
            fence = "" if fence else found[1]
            yield number, ""
        elif not fence:
            yield number, "" if _NO_PROSE.match(line) else _QUOTED.sub("", line, count=1)

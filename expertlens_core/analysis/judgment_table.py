"""Files of word pairs with scores, in any layout people have."""

import codecs
import csv
import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from ..concepts.spelling import plain_name
from ..errors import InputError, shortened

LIMIT = 64 * 2**20
"""Bytes that a file of judgments may have."""
_WORD_NAMES = (
    {"word1", "w1", "first", "target", "concept1", "term1", "lemma1", "worda"},
    {"word2", "w2", "second", "prime", "concept2", "term2", "lemma2", "wordb"},
)
_SCORE_NAMES = (
    {"simlex999", "humanmean", "simvalue", "meanscore", "meanrating", "goldscore", "score"},
    {"similarity", "relatedness", "sim", "rating", "mean", "human", "judgment", "judgement", "gold", "value"},
)
_TAG = re.compile(r"(.+)-[nvjar]")
_PASSED_OVER = re.compile(r'\s*($|#|"?sep=.?"?\s*$)')
_EXPECTED = "expected lines of word1 word2 score, by space, tab or comma"


@dataclass(frozen=True)
class Table:
    """The cells of a file of judgments."""

    name: str
    header: tuple[str, ...] | None
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    """Line number of each row, for errors."""

    def column(self, number: int) -> list[str]:
        """Cells of one column."""
        return [row[number] for row in self.rows]


def read_table(path: Path) -> Table:
    """Cells of a text file: the separator (tab, comma, semicolon, spaces) is the one that fits every line.

    Blank lines and lines that begin with ``#`` or ``sep=`` are skipped; the first row is a header when it
    names its columns, or when a column of numbers begins with a word; where it comes again in files that were
    joined, it is skipped. Raises InputError when the file is unreadable, too large, not text, empty or not a
    table.
    """
    text, name = _text(path), shortened(path.name)
    numbered = [(n, line) for n, line in enumerate(text.splitlines(), 1) if not _PASSED_OVER.match(line)]
    if not numbered:
        raise InputError(f"{name} is empty: {_EXPECTED}")
    cells = _split(name, numbered)
    lines = [number for number, _ in numbered]
    names = {plain(cell) for cell in cells[0]}
    named = all(names & known for known in _WORD_NAMES)
    if not named and not any(
        cell and _number(cell) is None and _numeric(rest) for cell, *rest in zip(*cells)
    ):
        return Table(name, None, tuple(map(tuple, cells)), tuple(lines))
    kept = [number for number, row in enumerate(cells) if row != cells[0]]
    if not kept:
        raise InputError(f"{name} holds a header and no pair: {_EXPECTED}")
    rows = tuple(tuple(cells[number]) for number in kept)
    return Table(name, tuple(cells[0]), rows, tuple(lines[number] for number in kept))


def read_pairs(table: Table) -> list[tuple[str, str, float]]:
    """Words and score of every row; suffixes such as ``-n`` are cut where every word carries one.

    Raises InputError when words or score cannot be told from the other columns, or a score is not a number.
    """
    first, second = _word_columns(table)
    column = _score_column(table, {first, second})
    triples = []
    for row, line in zip(table.rows, table.lines):
        score = _number(row[column])
        if score is None:
            raise InputError(
                f"{table.name}, line {line}: the score reads {shortened(row[column])!r}, expected a number; "
                "correct it or remove the line"
            )
        if not row[first] or not row[second]:
            raise InputError(f"{table.name}, line {line}: a word is missing, so add it or remove the line")
        triples.append((row[first], row[second], score))
    tagged = all(_TAG.fullmatch(a) and _TAG.fullmatch(b) for a, b, _ in triples)
    return [(a[:-2], b[:-2], score) for a, b, score in triples] if tagged else triples


def plain(name: str) -> str:
    """A column's name without case, spaces and signs: ``Human (mean)`` → ``humanmean``."""
    return re.sub(r"[^a-z0-9]", "", name.casefold())


def _text(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            data = stream.read(LIMIT + 1)
    except OSError as error:
        raise InputError(
            f"cannot read {shortened(str(path), 120)} ({error.strerror}): give the path of a text file"
        ) from None
    name = shortened(path.name)
    if len(data) > LIMIT:
        raise InputError(f"{name} is larger than {LIMIT:,} bytes: {_EXPECTED}")
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    if b"\0" in data and not wide:
        raise InputError(f"{name} is a binary file: {_EXPECTED}, saved as text")
    try:
        return data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{name} is not text in UTF-8: save it as UTF-8, {_EXPECTED}") from None


def _split(name: str, numbered: Sequence[tuple[int, str]]) -> list[list[str]]:
    """Cells by the first separator that the first line holds and that fits; spaces come last."""
    lines = [line for _, line in numbered]
    for separator in ("\t", ",", ";", None):
        if separator and separator not in lines[0]:
            continue
        try:
            found = list(csv.reader(lines, delimiter=separator, strict=True)) if separator else None
        except csv.Error:
            continue
        cells = [[plain_name(cell) for cell in row] for row in found or (line.split() for line in lines)]
        widths = [len(row) for row in cells]
        width = max(set(widths), key=widths.count)
        if len(cells) != len(lines) or width < 3 or widths.count(width) <= 0.8 * len(cells):
            continue
        for (line, text), row in zip(numbered, cells):
            while len(row) > width and not row[-1]:
                row.pop()
            if len(row) != width:
                raise InputError(
                    f"{name}, line {line}: {shortened(text.strip(), 40)!r} has {len(row)} columns where the others "
                    f"have {width}; correct it or remove the line"
                )
        return cells
    line, text = numbered[0]
    raise InputError(
        f"{name} is not a table of word pairs (line {line} reads {shortened(text.strip(), 40)!r}): {_EXPECTED}, with "
        "as many columns in every line"
    )


def _numeric(cells: Iterable[str]) -> bool:
    values = [_number(cell) for cell in cells]
    return bool(values) and None not in values


def _number(cell: str) -> float | None:
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _word_columns(table: Table) -> tuple[int, int]:
    names = [plain(name) for name in table.header or ()]
    first, second = ([c for c, name in enumerate(names) if name in known] for known in _WORD_NAMES)
    if len(first) == len(second) == 1:
        return first[0], second[0]
    texts = [c for c in range(len(table.rows[0])) if not _numeric(table.column(c)[:50])]
    if len(texts) < 2:
        raise InputError(f"{table.name} has no two columns of words: {_EXPECTED}")
    return texts[0], texts[1]


def _score_column(table: Table, words: set[int]) -> int:
    others = [c for c in range(len(table.rows[0])) if c not in words]
    if table.header is not None:
        names = [plain(name) for name in table.header]
        others = [c for c in others if names[c] not in ("", "index", "id", "unnamed0")]
        for known in _SCORE_NAMES:
            named = [c for c in others if names[c] in known]
            if len(named) == 1:
                return named[0]
    numeric = [c for c in others if _numeric(table.column(c))]
    scores = [c for c in numeric if c > min(words) or not _counts_rows(table.column(c))]
    if not scores:
        scores = [c for c in others if any(_number(cell) is not None for cell in table.column(c))]
        if len(scores) != 1:
            raise InputError(f"{table.name} has no column of numbers beside its words: {_EXPECTED}")
    if len(scores) > 1:
        raise InputError(
            f"{table.name} has {len(scores)} columns of numbers and no header that names one of them score: "
            "keep the columns word1, word2 and score, or add that header"
        )
    return scores[0]


def _counts_rows(cells: Sequence[str]) -> bool:
    return len(cells) > 1 and all(float(later) - float(earlier) == 1 for earlier, later in pairwise(cells))

"""Cleaning: formatting comes off the sentences, words stay."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from .library import Concept, Library

_STRAIGHT = str.maketrans({**dict.fromkeys("“”„‟", '"'), **dict.fromkeys("‘’‚‛", "'")})
_JOINERS = "\u200c\u200d"
_NUMBER = r"^(?:(?i:sentence|example)\s+)?[(\[#]*\d{1,3}(?:[.)\]:]+\s+|[、．）]\s*)(?=\S)"
_MARKUP = (
    # A number, a bullet, a heading or a quotation as in a list or in markdown.
    (re.compile(_NUMBER + r"|^(?:[-*+•‣◦▪●·–—>]+\s+|#{1,6}\s+)(?=\S)"), ""),
    (re.compile(r"(\*\*|~~)(?=\S)(.+?)(?<=\S)\1"), r"\2"),
    (re.compile(r"(?<![\w*])\*(?=[^\s*])([^*]*[^\s*])\*(?![\w*])"), r"\1"),
    (re.compile(r"^(`{1,3}|__?)(?=\S)([^`_]+)(?<=\S)\1$"), r"\2"),
    # Quotation marks around the whole sentence, where those inside open again; a comma after them comes from a list.
    (re.compile(r'^"((?:[^"]|(?<![^\s"])"[^"]+")+)",?$|^«\s*([^«»]+?)\s*»$|^「([^「」]+)」$'), r"\1\2\3"),
)
_RULE = re.compile(r"\s*(?:(?:```|~~~)\s*\w*|[-*_=~\s]{3,})\s*")
"""A code fence, or a line across the page."""
_LEAD_IN = re.compile(r"(?:sure|certainly|of course|here (?:are|is))\b.*\b(?:sentences?|examples?)\b.*", re.I)
"""What a chat model writes before what was asked for."""


def clean(sentence: str) -> str:
    """The sentence without numbering, bullets, markdown, invisible characters and quotation marks around it.

    Spaces become single plain ones, curly quotation marks straight ones. Words, case and final punctuation
    stay.

    >>> clean("3. **The cat\\u00a0slept.** ")
    'The cat slept.'
    """
    visible = "".join(c for place, c in enumerate(sentence) if not _invisible(sentence, place))
    text = " ".join(visible.translate(_STRAIGHT).split())
    while True:
        bare = text
        for pattern, kept in _MARKUP:
            bare = pattern.sub(kept, bare).strip()
        if bare == text or not any(map(str.isalnum, bare)):
            return text
        text = bare


def clean_concept(concept: Concept) -> Concept:
    """The concept with both sets cleaned, and each sentence once; itself where there is nothing to clean."""
    positives = _cleaned(concept.positives)
    negatives = concept.negatives and tuple(_cleaned(concept.negatives))
    if not positives or (tuple(positives), negatives) == (concept.positives, concept.negatives):
        return concept
    kinds, origins = (
        tuple(values[row] for row in positives.values()) if values else ()
        for values in (concept.kinds, concept.origins)
    )
    return replace(concept, positives=tuple(positives), negatives=negatives, kinds=kinds, origins=origins)


def clean_library(library: Library) -> Library:
    """The library with every concept cleaned."""
    return replace(library, concepts=tuple(clean_concept(concept) for concept in library))


def frame(lines: Sequence[str]) -> set[int]:
    """Rows that are no sentences: code fences, rules, and what a chat model says before its list."""
    rows = {row for row, line in enumerate(lines) if _RULE.fullmatch(line)}
    kept = [row for row in range(len(lines)) if row not in rows]
    colons = [row for row in kept if lines[row].strip(" *_").endswith((":", "："))]
    if len(kept) > 1 and (colons == kept[:1] or _LEAD_IN.fullmatch(lines[kept[0]].strip(" *_"))):
        rows.add(kept[0])
    return rows


def _cleaned(sentences: Sequence[str]) -> dict[str, int]:
    """Cleaned sentence → the first row where it stood."""
    out, found = frame(sentences), dict[str, int]()
    for row, sentence in enumerate(sentences):
        if row not in out and (text := clean(sentence)):
            found.setdefault(text, row)
    return found


def _invisible(text: str, place: int) -> bool:
    """Whether a character shows nothing. Joiners inside Persian, Hindi or an emoji are spelling."""
    character = text[place]
    if character in _JOINERS and 0 < place < len(text) - 1:
        return text[place - 1].isascii() or text[place + 1].isascii()
    category = unicodedata.category(character)
    return category == "Cf" or (category == "Cc" and not character.isspace())

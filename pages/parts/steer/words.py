"""Words of a text that belong to a concept: found, counted, and coloured."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from expertlens_core.concepts import Concept, Library
from expertlens_core.concepts.mention import name_spans

WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
MEANING = {
    "name": "its name",
    "seen": "a related word",
    "unseen": "a related word that its sentences never use",
}
"""Kind of a coloured word → what it is, in the order of the legend."""
STYLES = {
    "name": "background:rgba(245,159,0,.32);font-weight:600",
    "seen": "background:rgba(76,110,245,.28)",
    "unseen": "background:rgba(18,184,134,.30);border-bottom:2px dotted rgb(18,184,134)",
}
MARK = '<mark style="color:inherit;border-radius:.25em;padding:0 .15em;{style}">{text}</mark>'


@dataclass(frozen=True)
class ConceptWords:
    """What counts as a word of a concept, in every form it takes, in lower case."""

    name: str
    """Where nothing else is known, it is found in its inflected forms."""
    forms: frozenset[str] = frozenset()
    """Of the name, in the small world."""
    seen: frozenset[str] = frozenset()
    unseen: frozenset[str] = frozenset()

    @property
    def known(self) -> bool:
        """Whether more than the name is known."""
        return bool(self.seen or self.unseen)

    def spans(self, text: str) -> list[tuple[int, int, str]]:
        """Start, end and kind of every word of the concept, left to right."""
        if not self.forms:
            return [(start, end, "name") for start, end in name_spans(text, self.name)]
        kinds = dict.fromkeys(self.unseen, "unseen") | dict.fromkeys(self.seen, "seen")
        kinds |= dict.fromkeys(self.forms, "name")
        found = []
        for match in WORD.finditer(text):
            word = match.group().lower().replace("’", "'").removesuffix("'s")
            if word in kinds:
                found.append((*match.span(), kinds[word]))
        return found

    def pieces(self, text: str) -> Iterator[tuple[str, str]]:
        """The text in pieces, each with the kind of its word, or nothing between the coloured words."""
        last = 0
        for start, end, kind in self.spans(text):
            yield text[last:start], ""
            yield text[start:end], kind
            last = end
        yield text[last:], ""

    def count(self, text: str) -> tuple[int, int]:
        """Words of the concept, and all words."""
        return len(self.spans(text)), len(WORD.findall(text))

    def html(self, text: str) -> str:
        """The text with its words coloured, escaped."""
        return "".join(
            MARK.format(style=STYLES[kind], text=escape(piece)) if kind else escape(piece)
            for piece, kind in self.pieces(text)
        )

    def legend(self) -> str:
        """What the colours mean, as HTML."""
        kinds = MEANING if self.known else {"name": MEANING["name"]}
        return " · ".join(MARK.format(style=STYLES[kind], text=escape(kinds[kind])) for kind in kinds)


def concept_words(concept: Concept, library: Library) -> ConceptWords:
    """Words of a concept: its name, and for those of the small world their related words."""
    if library.name == "microworld":
        from expertlens_core.microworld import related_words
        from expertlens_core.microworld.lexicon import load_lexicon

        entry = load_lexicon().by_key.get(concept.key)
        if entry is not None:
            related = related_words(concept.key)
            return ConceptWords(concept.name, entry.names, related["seen"], related["unseen"])
    return ConceptWords(concept.name)

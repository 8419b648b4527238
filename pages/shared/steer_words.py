"""Words of a text that belong to a concept: found, counted, and coloured."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from expertlens_core.concepts import Concept, Library
from expertlens_core.steering.words import lemma

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

    names: frozenset[str]
    """Dictionary forms of the concept's name."""
    seen: frozenset[str] = frozenset()
    unseen: frozenset[str] = frozenset()

    @property
    def known(self) -> bool:
        """Whether more than the name is known."""
        return bool(self.seen or self.unseen)

    def kind(self, word: str) -> str:
        """``"name"``, ``"seen"``, ``"unseen"``, or nothing."""
        small = word.lower()
        if small in self.seen:
            return "seen"
        if small in self.unseen:
            return "unseen"
        return "name" if small in self.names or lemma(small) in self.names else ""

    def pieces(self, text: str) -> Iterator[tuple[str, str]]:
        """The text in pieces, each with the kind of its word, or nothing between the coloured words."""
        end = 0
        for found in WORD.finditer(text):
            if kind := self.kind(found.group()):
                yield text[end : found.start()], ""
                yield found.group(), kind
                end = found.end()
        yield text[end:], ""

    def count(self, text: str) -> tuple[int, int]:
        """Words of the concept, and all words."""
        words = WORD.findall(text)
        return sum(bool(self.kind(word)) for word in words), len(words)

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
    name = concept.name.lower().replace("_", " ")
    names = frozenset(lemma(word) for word in WORD.findall(name)) | {name}
    if library.name == "microworld":
        from expertlens_core.microworld import related_words

        try:
            related = related_words(concept.key)
        except KeyError:
            return ConceptWords(names)
        return ConceptWords(names, related["seen"], related["unseen"])
    return ConceptWords(names)

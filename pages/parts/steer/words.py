"""Words of a text that belong to a concept: found, counted, and coloured."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from expertlens_core.concepts import Concept
from expertlens_core.concepts.mention import name_spans
from expertlens_core.concepts.related_words import seen_and_unseen

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
    """Found in its inflected forms."""
    seen: frozenset[str] = frozenset()
    unseen: frozenset[str] = frozenset()

    @property
    def known(self) -> bool:
        return bool(self.seen or self.unseen)

    def spans(self, text: str) -> list[tuple[int, int, str]]:
        """Start, end and kind of every word of the concept, left to right."""
        found = [(start, end, "name") for start, end in name_spans(text, self.name)]
        if self.known:
            kinds = dict.fromkeys(self.unseen, "unseen") | dict.fromkeys(self.seen, "seen")
            named = {place for start, end, _ in found for place in range(start, end)}
            for match in WORD.finditer(text):
                word = match.group().lower().replace("’", "'").removesuffix("'s")
                if word in kinds and named.isdisjoint(range(*match.span())):
                    found.append((*match.span(), kinds[word]))
        return sorted(found)

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
        return "".join(
            MARK.format(style=STYLES[kind], text=escape(piece)) if kind else escape(piece)
            for piece, kind in self.pieces(text)
        )

    def legend(self) -> str:
        """What the colours mean, as HTML."""
        kinds = MEANING if self.known else {"name": MEANING["name"]}
        return " · ".join(MARK.format(style=STYLES[kind], text=escape(kinds[kind])) for kind in kinds)


def concept_words(concept: Concept) -> ConceptWords:
    return ConceptWords(concept.name, *seen_and_unseen(concept))

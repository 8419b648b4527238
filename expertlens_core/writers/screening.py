"""Screening: which of a writer's lines become sentences of a concept, and why the others do not."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Literal

from ..concepts.mention import mentions, words
from ..concepts.near_repeats import NEAR, likeness, pairs_of_words
from ..concepts.negative_pool import plain
from .order import Order

Reason = Literal[
    "no mention", "another sense", "too short", "too long", "unfinished", "repeat", "near-repeat", "copied"
]
REASONS: dict[Reason, str] = {
    "no mention": "does not use the word",
    "another sense": "has a word of another sense",
    "too short": "has fewer than four words",
    "too long": "has more than sixty words",
    "unfinished": "does not end like a sentence",
    "repeat": "was there already",
    "near-repeat": "is almost the same as one that was there already",
    "copied": "is almost the same as a sentence that the writer was shown",
}
"""Reason → how a line with it goes on after “It”."""
SHORTEST, LONGEST = 4, 60
"""Words of a sentence."""
_ENDS = (".", "!", "?", "…", '."', '!"', '?"', ".'", "!'", "?'", ".)", "。", "！", "？")


@dataclass(frozen=True)
class Rejected:
    """A line that was not taken."""

    sentence: str
    reason: Reason
    request: int
    """Number of the request that it answers."""


@dataclass
class Screen:
    """The sentences taken so far; one for a concept."""

    order: Order
    avoid: Collection[str] = ()
    """Words that belong to another sense; a sentence with one is refused."""
    there: Sequence[str] = ()
    """Sentences that the concept has already."""
    _plain: set[str] = field(default_factory=set)
    _pairs: list[frozenset[tuple[str, str]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for sentence in self.there:
            self._take(sentence)

    def refuse(self, sentence: str, shown: Sequence[str] = ()) -> Reason | None:
        """Why a sentence is not taken; None takes it.

        Args:
            sentence: cleaned.
            shown: sentences that the writer was shown with the request.
        """
        found = words(sentence)
        if len(found) < SHORTEST:
            return "too short"
        if len(found) > LONGEST:
            return "too long"
        if not sentence.rstrip().endswith(_ENDS):
            return "unfinished"
        if self.order.named and not mentions(sentence, self.order.name):
            return "no mention"
        if any(mentions(sentence, word) for word in self.avoid):
            return "another sense"
        if plain(sentence) in self._plain:
            return "repeat"
        pairs = pairs_of_words(sentence)
        if any(likeness(pairs, pairs_of_words(each)) >= NEAR for each in shown):
            return "copied"
        if any(likeness(pairs, each) >= NEAR for each in self._pairs):
            return "near-repeat"
        self._take(sentence)
        return None

    def _take(self, sentence: str) -> None:
        self._plain.add(plain(sentence))
        self._pairs.append(pairs_of_words(sentence))

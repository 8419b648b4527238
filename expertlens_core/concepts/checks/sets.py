"""The two sets of a concept as the checks read them, with what they are compared with."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from ..cleaning import clean
from ..library import Concept, Library
from ..mention import words

CountTokens = Callable[[str], int]
"""A model's number of tokens of a text, special ones included."""


@dataclass(frozen=True, eq=False)
class SentenceSets:
    """A concept with the negatives that a find would use."""

    concept: Concept
    negatives: tuple[str, ...]
    """Its own, or those drawn for it."""
    source: str = ""
    """Name of the pool that the negatives were drawn from; empty where they are its own."""
    negative_kinds: tuple[str, ...] = ()
    """``"fact"``, ``"story"`` or ``""`` for each negative; empty when unknown."""
    library: Library | None = None
    """Where the concept stands, to compare it with the others."""
    count_tokens: CountTokens | None = None
    """None where no tokenizer is at hand."""
    max_tokens: int = 128
    """Tokens from which a find cuts a sentence."""

    @property
    def positives(self) -> tuple[str, ...]:
        """The sentences with the concept."""
        return self.concept.positives

    @property
    def own(self) -> bool:
        """Whether the negatives belong to the concept, so that they can be changed."""
        return self.concept.negatives is not None and self.concept.negatives == self.negatives

    @property
    def prevalence(self) -> float:
        """AP of a constant: positives / all; NaN without any sentence is 0."""
        both = len(self.positives) + len(self.negatives)
        return len(self.positives) / both if both else 0.0

    @cached_property
    def spelled(self) -> tuple[list[str], list[str]]:
        """Both sets without formatting and case, in which copies are equal."""
        on, off = ([clean(each).casefold() for each in some] for some in (self.positives, self.negatives))
        return on, off

    @cached_property
    def lengths(self) -> tuple[list[int], list[int]]:
        """Words in each sentence of both sets."""
        on, off = ([len(words(each)) for each in some] for some in (self.positives, self.negatives))
        return on, off

    @cached_property
    def others(self) -> tuple[Concept, ...]:
        """The other concepts of its library, without broader and narrower ones, which may share sentences."""
        mine = self.concept
        return tuple(
            each
            for each in self.library or ()
            if each.key != mine.key and each.broader != mine.key and mine.broader != each.key
        )

"""What the texts of the causal evidence show: effects, dose-response and fluency of every concept."""

from dataclasses import dataclass
from typing import Any

from .causal import DoseResponse, Effect, Overall

REPEATED = 4
"""Words of a run that counts as repeated."""


@dataclass(frozen=True)
class Fluency:
    """How one kind of texts for a concept reads beside the originals."""

    concept: str
    kind: str
    perplexity: float
    """Median under the unsteered model / the originals' median; NaN where none was taken."""
    distinct: float
    """Distinct-2 / the originals', over equally many texts."""
    repeated: float
    """Share of runs of `REPEATED` words that stood in the same text before."""
    repeated_originals: float


@dataclass(frozen=True)
class Counted:
    """What was counted for a concept."""

    concept: str
    domain: str
    other: str
    """The concept whose experts are its control."""
    dose: str
    unseen: int
    """Related words (lemmas) that no positive sentence has."""
    related: int
    """All related words (lemmas)."""


@dataclass(frozen=True)
class Causality:
    """What the texts show."""

    concepts: tuple[Counted, ...]
    effects: tuple[Effect, ...]
    """By kind, set of words and concept."""
    overall: tuple[Overall, ...]
    """By kind and set of words."""
    responses: tuple[DoseResponse, ...]
    """By set of words and concept; none without texts at smaller strengths."""
    fluency: tuple[Fluency, ...]
    texts: int
    """All that were read."""
    empty: int
    """Texts without a content word, whose prevalence counts as 0."""
    about: dict[str, Any]
    """Model, library, reader, versions and the request."""

    def of(self, kind: str, words: str) -> tuple[Effect, ...]:
        """The effects of a kind on a set of words, concept by concept."""
        return tuple(each for each in self.effects if (each.kind, each.words) == (kind, words))

    def over(self, kind: str, words: str) -> Overall:
        """The same over all concepts."""
        return next(each for each in self.overall if (each.kind, each.words) == (kind, words))

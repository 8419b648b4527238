"""The concept: what a set of sentences shares."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cached_property

from .spelling import plain_name


@dataclass(frozen=True)
class Concept:
    """A concept and its probe sentences (METHOD: a positive and a negative set).

    Name, domain, sense, broader concept and source are kept as `plain_name` gives them.

    Raises:
        ValueError: when the name is empty, or `kinds` does not match `positives`.
    """

    name: str
    """The word itself, e.g. ``"bank"``."""
    positives: tuple[str, ...]
    """Sentences with the concept."""
    negatives: tuple[str, ...] | None = None
    """Own sentences without the concept; ``None`` draws them from a negative pool."""
    domain: str = ""
    """Human group of concepts, e.g. ``"animals"``; empty when unknown."""
    sense: str = ""
    """Definition that tells two readings of one name apart; empty when there is one reading."""
    broader: str = ""
    """Key of the broader concept (``"animal"`` for cat); empty when there is none."""
    source: str = ""
    """Where the sentences came from."""
    kinds: tuple[str, ...] = ()
    """``"fact"`` or ``"story"`` for each positive sentence; empty when unknown."""
    related: tuple[str, ...] = ()
    """Words that texts about the concept use, to count them in what a model writes; empty when unknown. No result
    of finding experts depends on them, so they are no part of the digest."""

    def __post_init__(self) -> None:
        for field in ("name", "domain", "sense", "broader", "source"):
            object.__setattr__(self, field, plain_name(getattr(self, field)))
        if not self.name:
            raise ValueError("a concept has no name: expected a non-empty name")
        if self.kinds and len(self.kinds) != len(self.positives):
            raise ValueError(
                f"concept {self.key!r} has {len(self.kinds)} kinds for {len(self.positives)} positive "
                "sentences: give one kind per sentence, or none"
            )

    @property
    def key(self) -> str:
        """Name and sense in one string, unique in a library: ``bank (river)``."""
        return f"{self.name} ({self.sense})" if self.sense else self.name

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) of what can change a result: key, both sentence sets."""
        content = json.dumps([self.key, self.positives, self.negatives], ensure_ascii=False)
        return hashlib.sha256(content.encode()).hexdigest()

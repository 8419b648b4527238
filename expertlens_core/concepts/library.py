"""The concept, which is what a set of sentences shares, and the library, a named collection of concepts."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from .spelling import plain_name


@dataclass(frozen=True)
class Concept:
    """A concept and its probe sentences (docs/method.md, section 1).

    Name, domain, sense, broader concept and source are kept as `plain_name` gives them.
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
    origins: tuple[str, ...] = ()
    """Where each positive sentence came from, e.g. the request it was written for or the file it stood in;
    empty when unknown. Sentences of one origin may be alike, which an interval over sentences has to respect."""
    related: tuple[str, ...] = ()
    """Words that texts about the concept use, to count them in what a model writes; empty when unknown. No
    result of finding experts depends on them, so they are no part of the digest."""

    def __post_init__(self) -> None:
        for text in ("name", "domain", "sense", "broader", "source"):
            object.__setattr__(self, text, plain_name(getattr(self, text)))
        if not self.name:
            raise ValueError("a concept has no name: expected a non-empty name")
        for text in ("kind", "origin"):
            values = getattr(self, f"{text}s")
            if values and len(values) != len(self.positives):
                raise ValueError(
                    f"concept {self.key!r} has {len(values)} {text}s for {len(self.positives)} positive "
                    f"sentences: give one {text} per sentence, or none"
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


@dataclass(frozen=True)
class Library:
    """A named, ordered collection of concepts with unique keys."""

    name: str
    concepts: tuple[Concept, ...]
    notes: tuple[str, ...] = field(default=(), compare=False)
    """Plain sentences on what reading it dropped, e.g. blank sentences."""

    def __post_init__(self) -> None:
        if not self.concepts:
            raise ValueError(f"library {self.name!r} holds no concept: expected at least one")
        seen: set[str] = set()
        for concept in self.concepts:
            if concept.key in seen:
                raise ValueError(
                    f"library {self.name!r} holds concept {concept.key!r} twice: "
                    "remove one, or give each a sense"
                )
            seen.add(concept.key)

    def __iter__(self) -> Iterator[Concept]:
        return iter(self.concepts)

    def __len__(self) -> int:
        return len(self.concepts)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and plain_name(key) in self._by_key

    def __getitem__(self, key: str) -> Concept:
        try:
            return self._by_key[plain_name(key)]
        except KeyError:
            raise KeyError(f"no concept {key!r} in library {self.name!r}") from None

    def named(self, name: str) -> tuple[str, ...]:
        """The key, if it is one, else the keys of all concepts of that name."""
        plain = plain_name(name)
        return (plain,) if plain in self else tuple(c.key for c in self.concepts if c.name == plain)

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of the concepts, in library order."""
        return tuple(self._by_key)

    @cached_property
    def domains(self) -> dict[str, tuple[str, ...]]:
        """Domain → keys of its concepts (broader ones included), in library order."""
        grouped: dict[str, list[str]] = {}
        for concept in self.concepts:
            if concept.domain:
                grouped.setdefault(concept.domain, []).append(concept.key)
        return {domain: tuple(keys) for domain, keys in grouped.items()}

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) over the concepts' digests, in order."""
        return hashlib.sha256("".join(c.digest for c in self.concepts).encode()).hexdigest()

    @cached_property
    def _by_key(self) -> dict[str, Concept]:
        return {concept.key: concept for concept in self.concepts}

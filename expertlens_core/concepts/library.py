"""The library: a named collection of concepts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from .concept import Concept
from .spelling import plain_name


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

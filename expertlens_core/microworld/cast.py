"""The cast: whom and what a document has spoken of, and the lists they come from."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

from .lexicon import DATA, Entry


@dataclass(frozen=True)
class Person:
    """Somebody in the world, independent of every concept."""

    name: str
    pronouns: tuple[str, str, str]


@dataclass
class Cast:
    """What a document has spoken of so far."""

    entry: Entry
    person: Person
    other: Person
    town: str
    naming: float
    """Chance that a reference uses the concept's name."""
    gender: tuple[str, str, str]
    """Pronouns of a concept that is a person."""
    plural: bool = False
    """Number of the last reference."""
    named: bool = False
    """Whether the concept was just named in this sentence."""
    ever_named: bool = False
    """Whether the concept was named at all."""
    person_known: bool = False
    used: set[str] = field(default_factory=set)


@cache
def world_lists() -> dict[str, tuple[str, ...]]:
    """Name of a list in ``data/world.txt`` → its items."""
    lists: dict[str, tuple[str, ...]] = {}
    for line in (DATA / "world.txt").read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            name, _, items = line.partition(":")
            lists[name.strip()] = tuple(item.strip() for item in items.split(","))
    return lists

"""The criterion: one figure of the check with what was wanted, and the concepts it is measured on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .lexicon import load_lexicon


@dataclass(frozen=True)
class Criterion:
    """One line of the check."""

    number: str
    """``"1"`` to ``"9"`` and ``"steering"``, with a letter where a criterion has several figures."""
    name: str
    figure: str
    """As measured."""
    wanted: str
    met: bool


def domain_keys() -> tuple[str, ...]:
    """Keys of the forty specific concepts of the paper's ten domains."""
    return tuple(e.key for e in load_lexicon().entries if e.paper and not e.is_broader)


def sense_keys() -> tuple[str, ...]:
    """Keys of the concepts that share their name with another."""
    return tuple(e.key for e in load_lexicon().entries if e.sense)


def domains_of(keys: Sequence[str]) -> list[str]:
    """Domain of each concept."""
    return [load_lexicon().by_key[key].domain for key in keys]

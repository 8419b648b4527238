"""The writer: what answers messages with text, whichever model stands behind it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from .order import Messages


@dataclass(frozen=True)
class Ask:
    """One request to a writer."""

    number: int
    """Counted from 0; with the seed it decides what a local model draws."""
    messages: Messages
    texts: int = 1
    """How many answers are wanted at once."""


class Writer(Protocol):
    """Answers requests."""

    name: str
    """What people read, e.g. ``"smollm2"``."""
    identity: str
    """What its answers depend on beside the request: they are kept under it. Never holds a key."""
    sentences: int
    """Sentences that one answer is asked for."""
    texts: int
    """Answers that one request is asked for."""
    shows: bool
    """Whether it writes better with sentences of other concepts before its eyes."""

    def answers(
        self, asks: Sequence[Ask], cancelled: Callable[[], bool]
    ) -> Iterator[tuple[Ask, tuple[str, ...]]]:
        """The answers to some requests, in whatever order they come.

        Raises:
            InputError: when it cannot answer.
            Cancelled: when it was asked to stop; what was given before stays good.
        """

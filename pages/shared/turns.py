"""Turns: one computation at a time on this machine, in the order of asking, handed on between steps.

Two threads that compute at once with torch on the same cores slow each other down many times over; taking
turns costs nothing, and a short task never waits for a long one to end.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

SLICE = 0.05
"""Seconds that a task may keep its turn while others wait."""


class Turns:
    """A lock that is granted in the order of asking and can be handed on in the middle of a task.

    A thread that holds the turn may ask again: it goes on at once, and gives the turn back at the outer end.
    """

    def __init__(self, slice_seconds: float = SLICE) -> None:
        self._slice = slice_seconds
        self._mutex = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._busy = False
        self._holder = 0
        self._since = 0.0

    @contextmanager
    def held(self) -> Iterator[None]:
        """Wait for a turn, and give it back at the end."""
        if self._mine():
            yield
            return
        self._take()
        try:
            yield
        finally:
            self._give()

    def pass_on(self) -> None:
        """Between two steps: let those who wait go first, if this turn has lasted long enough.

        A thread that does not hold the turn has nothing to hand on: for it this does nothing.
        """
        if self._waiting and self._mine() and time.monotonic() - self._since >= self._slice:
            self._give()
            self._take()

    def _mine(self) -> bool:
        return self._holder == threading.get_ident()

    def _take(self) -> None:
        ticket = threading.Event()
        with self._mutex:
            if self._busy:
                self._waiting.append(ticket)
            else:
                self._busy = True
                ticket.set()
        ticket.wait()
        self._holder = threading.get_ident()
        self._since = time.monotonic()

    def _give(self) -> None:
        with self._mutex:
            self._holder = 0
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._busy = False

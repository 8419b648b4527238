"""Turns: one computation at a time on this machine, shared out by the time each has had.

Two threads that compute at once with torch on the same cores slow each other down many times over; taking
turns costs nothing, and a short task never waits for a long one to end.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

SLICE = 0.05
"""Seconds that a task may keep its turn while others wait."""


@dataclass(eq=False)
class _Task:
    thread: int
    had: float
    """Seconds of computing so far."""
    since: float = 0.0
    """When its present turn began."""
    turn: threading.Event = field(default_factory=threading.Event)


class Turns:
    """A lock that can be handed on in the middle of a task: to whoever of those waiting has had the least time.

    So a task of short steps (a text, token by token) is not held up by one of long steps (a batch of sentences):
    each gets its share of the time, not of the turns. Who comes later begins level with the others. A thread
    that holds the turn may ask again: it goes on at once, and gives the turn back at the outer end.
    """

    def __init__(self, slice_seconds: float = SLICE, clock: Callable[[], float] = time.monotonic) -> None:
        self._slice = slice_seconds
        self._clock = clock
        self._mutex = threading.Lock()
        self._waiting: list[_Task] = []
        self._holder: _Task | None = None

    @contextmanager
    def held(self) -> Iterator[None]:
        """Wait for a turn, and give it back at the end."""
        if self._mine():
            yield
            return
        with self._mutex:
            task = _Task(threading.get_ident(), self._least())
        self._take(task)
        try:
            yield
        finally:
            self._give()

    def pass_on(self) -> None:
        """Between two steps: let those who have had less go first, if this turn has lasted long enough.

        A thread that does not hold the turn has nothing to hand on: for it this does nothing.
        """
        task = self._holder
        if not self._waiting or task is None or not self._mine():
            return
        now = self._clock()
        if now - task.since < self._slice:
            return
        with self._mutex:
            task.had += now - task.since
            task.since = now
            if min(other.had for other in self._waiting) > task.had:
                return
        self._give()
        self._take(task)

    def _mine(self) -> bool:
        holder = self._holder
        return holder is not None and holder.thread == threading.get_ident()

    def _least(self) -> float:
        """Seconds that a newcomer begins with: as many as whoever has had least."""
        had = [task.had for task in self._waiting]
        if self._holder is not None:
            had.append(self._holder.had + self._clock() - self._holder.since)
        return min(had, default=0.0)

    def _take(self, task: _Task) -> None:
        with self._mutex:
            if self._holder is None:
                self._grant(task)
            else:
                self._waiting.append(task)
        task.turn.wait()
        task.turn.clear()

    def _give(self) -> None:
        with self._mutex:
            self._holder = None
            if self._waiting:
                self._grant(min(self._waiting, key=lambda task: task.had))

    def _grant(self, task: _Task) -> None:
        if task in self._waiting:
            self._waiting.remove(task)
        self._holder = task
        task.since = self._clock()
        task.turn.set()

"""Streams: texts as they are written, one stream a visitor, several visitors side by side."""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from pages.shared.job import ended_by
from pages.shared.turns import Turns

State = Literal["waiting", "writing", "done", "stopped", "failed"]
Source = Callable[[Callable[[], bool]], Iterator[Sequence[Any]]]
"""Starts the writing; gives all rows after every step, and is asked before each whether to stop."""

SIDE_BY_SIDE = 3
"""Streams that write at the same time; further ones wait in line."""
ABANDONED = 25.0
"""Seconds without a look after which a stream ends and frees its place."""
BROKE_OFF = "The writing broke off: press the button again."
_log = logging.getLogger("expertlens.streams")


@dataclass(frozen=True)
class Shot:
    number: int
    """Different for every start."""
    state: State
    rows: tuple[Any, ...] = ()
    error: str = ""
    asked: float = 0.0
    """When it was asked for, in seconds of a steady clock; so are the next two."""
    first: float = 0.0
    """When the first token was there; 0 before."""
    ended: float = 0.0
    left: bool = False
    """Whether it was ended because nobody looked any more."""

    @property
    def active(self) -> bool:
        return self.state in ("waiting", "writing")


class Streams:
    """At most one stream a visitor; a new one ends the visitor's last."""

    def __init__(self, turns: Turns, side_by_side: int = SIDE_BY_SIDE, abandoned: float = ABANDONED) -> None:
        self._turns = turns
        self._places = side_by_side
        self._abandoned = abandoned
        self._change = threading.Condition()
        self._shots: dict[str, Shot] = {}
        self._seen: dict[str, float] = {}
        self._line: list[int] = []
        self._number = 0

    def start(self, visitor: str, source: Source) -> int:
        """Start a stream for a visitor; returns its number."""
        with self._change:
            self._number += 1
            number = self._number
            # First of all, and inside the lock: where no thread can be made, no place in line stays behind.
            threading.Thread(
                target=self._run, args=(visitor, number, source), daemon=True, name="stream"
            ).start()
            self._shots[visitor] = Shot(number, "waiting", asked=time.monotonic())
            self._seen[visitor] = time.monotonic()
            self._line.append(number)
            now = time.monotonic()
            for other, shot in list(self._shots.items()):  # what visitors left behind an hour ago
                if not shot.active and now - self._seen.get(other, 0.0) > 3600:
                    self._drop(other)
            self._change.notify_all()
        return number

    def look(self, visitor: str) -> Shot | None:
        """The state of the visitor's stream; looking keeps it going."""
        with self._change:
            if visitor in self._shots:
                self._seen[visitor] = time.monotonic()
            return self._shots.get(visitor)

    def wait_for_first(self, visitor: str, seconds: float) -> Shot | None:
        """Look, but first wait a little for the first token: it then shows without waiting for the next look."""

        def begun() -> bool:
            shot = self._shots.get(visitor)
            return shot is None or not shot.active or bool(shot.first)

        with self._change:
            self._change.wait_for(begun, seconds)
        return self.look(visitor)

    def ahead(self, visitor: str) -> int:
        """How many streams must end before the visitor's begins."""
        with self._change:
            shot = self._shots.get(visitor)
            if shot is None or shot.number not in self._line:
                return 0
            return max(0, self._line.index(shot.number) - self._places + 1)

    def active(self) -> int:
        with self._change:
            return len(self._line)

    def stop(self, visitor: str) -> None:
        """End the visitor's stream; what was written stays."""
        with self._change:
            if shot := self._shots.get(visitor):
                self._put(visitor, shot.number, state="stopped", ended=time.monotonic())

    def forget(self, visitor: str) -> None:
        """End the visitor's stream and drop what it wrote."""
        with self._change:
            self._drop(visitor)
            self._change.notify_all()

    def close(self) -> None:
        with self._change:
            self._shots.clear()
            self._change.notify_all()

    def _wanted(self, visitor: str, number: int) -> bool:
        """Whether this stream is still the visitor's, runs, and is looked at; ends it where it is not."""
        with self._change:
            shot = self._shots.get(visitor)
            if shot is None or shot.number != number or not shot.active:
                return False
            if time.monotonic() - self._seen.get(visitor, 0.0) > self._abandoned:
                self._shots[visitor] = replace(shot, state="stopped", ended=time.monotonic(), left=True)
                return False
            return True

    def _run(self, visitor: str, number: int, source: Source) -> None:
        try:
            if self._wait(visitor, number):
                self._write(visitor, number, source)
        finally:
            with self._change:
                # Nothing must look as if it were still being written when nobody writes it.
                self._put(visitor, number, state="failed", error=BROKE_OFF, ended=time.monotonic())
                self._line.remove(number)
                self._change.notify_all()

    def _wait(self, visitor: str, number: int) -> bool:
        """Wait for a place; False where nobody waits for the stream any more."""
        with self._change:
            while self._line.index(number) >= self._places:
                if not self._wanted(visitor, number):
                    return False
                self._change.wait(0.2)
            return self._wanted(visitor, number)

    def _write(self, visitor: str, number: int, source: Source) -> None:
        def cancelled() -> bool:
            if not self._wanted(visitor, number):
                return True  # at once: its place is free before the others have had their turns
            self._turns.pass_on()
            return not self._wanted(visitor, number)

        state: State = "failed"
        error = ""
        try:
            with self._turns.held():
                # While it waited for its turn it may have been stopped or left: then nothing is loaded for it.
                if not self._wanted(visitor, number) or not self._put(visitor, number, state="writing"):
                    return
                steps = source(cancelled)
                try:
                    for rows in steps:
                        put = self._put(visitor, number, rows=tuple(rows))
                        if not put or not self._wanted(visitor, number):
                            break
                finally:
                    if close := getattr(steps, "close", None):
                        close()
            state = "done"
        except Exception as problem:
            state, error = ended_by(problem, "Writing", _log)
        self._put(visitor, number, state=state, error=error, ended=time.monotonic())

    def _put(self, visitor: str, number: int, **changes: Any) -> bool:
        """Change the visitor's shot, unless it ended or another stream took its place."""
        with self._change:
            shot = self._shots.get(visitor)
            if shot is None or shot.number != number or not shot.active:
                return False
            if "rows" in changes and not shot.first:
                changes["first"] = time.monotonic()
            self._shots[visitor] = shot = replace(shot, **changes)
            if "first" in changes or not shot.active:
                self._change.notify_all()
            return True

    def _drop(self, visitor: str) -> None:
        self._shots.pop(visitor, None)
        self._seen.pop(visitor, None)

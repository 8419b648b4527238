"""Progress on standard error: one line that renews itself on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from types import TracebackType

WIDTH = 78
EVERY = 5.0
"""Seconds between two lines where standard error is no terminal."""


class ProgressLine:
    """Callable as `Progress`; a context manager that leaves a clean line behind."""

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._last = time.monotonic()
        self._started = self._last
        self._shown = False

    def __call__(self, done: int, total: int, message: str) -> None:
        """Show what is done, at most ten times a second."""
        now = time.monotonic()
        if now - self._last < (0.1 if self._terminal else EVERY):
            return
        self._last = now
        share = f"{done:,} of {total:,}  " if total else ""
        seconds = now - self._started
        left = f"  {_duration(seconds * (total - done) / done)} left" if total and done else ""
        text = f"{share}{message}{left}"[:WIDTH]
        if self._terminal:
            sys.stderr.write(f"\r{text:<{WIDTH}}")
            self._shown = True
        else:
            sys.stderr.write(f"{text}\n")
        sys.stderr.flush()

    def __enter__(self) -> ProgressLine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shown:
            sys.stderr.write(f"\r{'':<{WIDTH}}\r")
            sys.stderr.flush()


def say(text: str) -> None:
    """One line on standard error."""
    print(text, file=sys.stderr)


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"

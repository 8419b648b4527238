"""Output: progress on standard error, and results as JSON files."""

from __future__ import annotations

import json
import math
import sys
import time
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..concepts.formats.whole_file import write_whole_file
from ..run import Run

WIDTH = 78
EVERY = 5.0
"""Seconds between two lines where standard error is no terminal."""
SURE = 2.0
"""Seconds of work after which the pace says something."""


class ProgressLine:
    """One line that renews itself on a terminal, a line now and then elsewhere.

    Callable as `Progress`; a context manager that leaves a clean line behind.
    """

    def __init__(self) -> None:
        self._terminal = sys.stderr.isatty()
        self._last = time.monotonic()
        self._moving = 0.0
        """When the first work was done, and how much: what came before it (loading) says nothing of the pace."""
        self._moved = 0
        self._shown = False

    def __call__(self, done: int, total: int, message: str) -> None:
        """Show what is done, at most ten times a second."""
        now = time.monotonic()
        if done and not self._moving:
            self._moving, self._moved = now, done
        if now - self._last < (0.1 if self._terminal else EVERY):
            return
        self._last = now
        share = f"{done:,} of {total:,}  " if total else ""
        text = f"{share}{message}{self._left(now, done, total)}"[:WIDTH]
        if self._terminal:
            sys.stderr.write(f"\r{text:<{WIDTH}}")
            self._shown = True
        else:
            sys.stderr.write(f"{text}\n")
        sys.stderr.flush()

    def _left(self, now: float, done: int, total: int) -> str:
        """How long it will still take, once there is a pace to judge by."""
        spent, moved = now - self._moving, done - self._moved
        if not self._moving or moved <= 0 or spent < SURE or done >= total:
            return ""
        return f"  {duration(spent * (total - done) / moved)} left"

    def run(self) -> Run:
        """A run that tells this line its progress."""
        return Run(progress=self)

    def __enter__(self) -> ProgressLine:
        return self

    def __exit__(self, *_: object) -> None:
        if self._shown:
            sys.stderr.write(f"\r{'':<{WIDTH}}\r")
            sys.stderr.flush()


def say(text: str) -> None:
    """One line on standard error."""
    print(text, file=sys.stderr)


def duration(seconds: float) -> str:
    """Seconds in words."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def write_json(path: Path, value: Any) -> None:
    """Write a JSON-able value, whole or not at all; NaN and infinities, which JSON does not know, become null.

    Raises InputError when the place cannot be written.
    """
    text = json.dumps(_finite(value), ensure_ascii=False, indent=1, allow_nan=False)
    write_whole_file(path, text.encode("utf-8", "surrogatepass") + b"\n")


def _finite(value: Any) -> Any:
    if is_dataclass(value):
        value = {each.name: getattr(value, each.name) for each in fields(value)}
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, dict):
        return {str(key): _finite(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value

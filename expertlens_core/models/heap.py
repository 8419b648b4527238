"""The C heap of the process: hand freed memory back to the system."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from functools import cache


def release_heap() -> None:
    """Return free pages of the heap to the system; about a millisecond, and nothing where glibc is not used.

    Batches of ever new shapes leave holes behind which the next batch does not fit into: without this, the
    peak of an extraction grows by tens of megabytes on the CPU.
    """
    trim = _trim()
    if trim is not None:
        trim(0)


@cache
def _trim() -> Callable[[int], int] | None:
    if not sys.platform.startswith("linux"):
        return None
    try:
        return ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError):
        return None

"""The memory of this machine, as far as this process may use it."""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path

_CGROUP = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


@cache
def total_memory() -> int:
    """Bytes of main memory: what the machine has, or a container's limit where that is less; 0 if unknown."""
    limits = [size for size in (_installed(), *map(_number_in, map(Path, _CGROUP))) if size]
    return min(limits, default=0)


def available_memory() -> int:
    """Bytes that could be taken now without swapping; 0 where the system does not say."""
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    except OSError:
        return _windows()[1] if sys.platform == "win32" else 0
    for line in lines:
        if line.startswith("MemAvailable:"):
            return int(line.split()[1]) * 1024
    return 0


def _installed() -> int:
    if sys.platform == "win32":
        return _windows()[0]
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError):
        return 0


def _number_in(path: Path) -> int:
    try:
        return int(path.read_text(encoding="ascii"))
    except (OSError, ValueError):  # "max" where there is no limit
        return 0


def _windows() -> tuple[int, int]:
    """Total and available bytes (`GlobalMemoryStatusEx`)."""
    import ctypes

    class Status(ctypes.Structure):
        _fields_ = (
            ("length", ctypes.c_ulong),
            ("load", ctypes.c_ulong),
            ("total", ctypes.c_ulonglong),
            ("available", ctypes.c_ulonglong),
            ("rest", ctypes.c_ulonglong * 5),
        )

    status = Status(length=ctypes.sizeof(Status))
    kernel = getattr(ctypes, "windll").kernel32  # noqa: B009 - only there on Windows
    return (status.total, status.available) if kernel.GlobalMemoryStatusEx(ctypes.byref(status)) else (0, 0)

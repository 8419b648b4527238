"""The weights of a local folder: which files hold them, whether they are whole, and their tensors."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def open_weights(folder: Path) -> dict[str, Any]:
    """Name → slice of a tensor that is read when it is asked for, into memory of its own.

    A memory map would show whatever is written into the file later, and end the process where the file shrinks.
    """
    from safetensors import safe_open

    found: dict[str, Any] = {}
    for path in sorted(folder.glob("*.safetensors")):
        file = safe_open(path, framework="pt", device="cpu", backend="pread")
        found |= {name: file.get_slice(name) for name in file.keys()}  # noqa: SIM118 - no mapping
    return found

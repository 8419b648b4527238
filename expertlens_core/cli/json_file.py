"""Results as JSON files, written whole or not at all."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any


def write_json(path: Path, value: Any) -> None:
    """Write a JSON-able value; NaN and infinities, which JSON does not know, become null.

    Raises:
        InputError: when the place cannot be written.
    """
    from ..concepts.formats.whole_file import write_whole_file

    text = json.dumps(_plain(value), ensure_ascii=False, indent=1, allow_nan=False)
    write_whole_file(path, text.encode("utf-8", "surrogatepass") + b"\n")


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value

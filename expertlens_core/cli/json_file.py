"""Results as JSON files, written whole or not at all."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Annotated, Any

import typer

from ..concepts.formats.whole_file import write_whole_file

Json = Annotated[Path, typer.Option("--out", help="File for the result.", metavar="X.json")]


def write_json(path: Path, value: Any) -> None:
    """Write a JSON-able value; NaN and infinities, which JSON does not know, become null.

    Raises InputError when the place cannot be written.
    """
    text = json.dumps(_finite(value), ensure_ascii=False, indent=1, allow_nan=False)
    write_whole_file(path, text.encode("utf-8", "surrogatepass") + b"\n")


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _finite(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value

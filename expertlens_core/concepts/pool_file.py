"""Negative pools on disk: JSON Lines, a header with the digest first; or a plain text file of sentences."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

from ..errors import InputError, shortened
from ..files import user_path
from .formats.json_document import parse_json
from .formats.limits import Limits, read_text
from .formats.whole_file import write_whole_file
from .negative_pool import NegativePool

_WAY_OUT = "make it again with write_pool, or bring a .txt file with one sentence per line"


def write_pool(pool: NegativePool, path: str | Path) -> None:
    """Write ``.jsonl``: ``{"pool", "digest", "broader"}``, then ``{"sentence", "owner", "kind"}`` per row.

    Raises:
        InputError: when the place cannot be written.
    """
    header = {"pool": pool.name, "digest": pool.digest, "broader": [list(pair) for pair in pool.broader]}
    lines = [json.dumps(header, ensure_ascii=False)]
    for sentence, owner, kind in zip(pool.sentences, pool.owners, pool.kinds):
        row = {"sentence": sentence} | ({"owner": owner} if owner else {}) | ({"kind": kind} if kind else {})
        lines.append(json.dumps(row, ensure_ascii=False))
    write_whole_file(Path(path), "\n".join((*lines, "")).encode())


def read_pool(path: str | Path, limits: Limits | None = None) -> NegativePool:
    """Read a pool that `write_pool` wrote, or one's own sentences from a ``.txt`` file, one per line.

    In a text file blank lines and repetitions are dropped, and no sentence has an owner.

    Raises:
        InputError: when it is missing, no pool, too large, or was changed since it was written.
    """
    path, limits = user_path(path), limits or Limits()
    name = shortened(path.name)
    try:
        with path.open("rb") as stream:
            text = read_text(stream, name, limits)
    except OSError as error:
        raise InputError(
            f"cannot read the pool {shortened(str(path), 120)} ({error.strerror}): check the path"
        ) from None
    lines = [line for line in io.StringIO(text) if line.strip()]
    if len(lines) > limits.max_sentences + 1:
        raise InputError(f"{name} holds more than {limits.max_sentences:,} sentences: leave some out")
    if path.suffix.lower() == ".txt":
        own = tuple(dict.fromkeys(line.strip() for line in lines))
        return NegativePool(path.stem, own, ("",) * len(own), ("",) * len(own))
    header, *rows = (parse_json(line, f"{name}, line {number}") for number, line in enumerate(lines, 1))
    try:
        pool = _pool(header, rows)
        sound = pool.digest == header["digest"]
    except (KeyError, TypeError, AttributeError, ValueError):
        raise InputError(f"{name} is not a negative pool: {_WAY_OUT}") from None
    if not sound:
        raise InputError(f"{name} was changed since it was written (its digest differs): {_WAY_OUT}")
    return pool


def _pool(header: dict[str, Any], rows: list[dict[str, Any]]) -> NegativePool:
    return NegativePool(
        str(header["pool"]),
        tuple(str(row["sentence"]) for row in rows),
        tuple(str(row.get("owner", "")) for row in rows),
        tuple(str(row.get("kind", "")) for row in rows),
        tuple((str(concept), str(broader)) for concept, broader in header["broader"]),
    )

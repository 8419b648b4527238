"""Negative pools on disk (JSON Lines with a digest, or text), the neutral one, and which to take."""

import io
import json
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

from ..errors import InputError, shortened
from ..files import user_path
from .formats.json_formats import parse_json
from .formats.whole_file import Limits, check_size, decode, write_whole_file
from .health import FEW_NEGATIVES, USUAL_POSITIVES, usual_negatives
from .library import Concept, Library
from .negative_draw import allowed_rows
from .negative_pool import NegativePool, build_pool

MIN_CONCEPTS = 5
"""Concepts below which a library's own sentences are too few kinds of negatives."""
ROOM = 2.5
"""Sentences of a pool for each negative that a concept draws."""
MOST = 4000
"""Sentences of a pool at most."""
_WAY_OUT = "make it again with write_pool, or bring a .txt file with one sentence per line"


@cache
def neutral_pool() -> NegativePool:
    """1,200 everyday English sentences that ship with the project, half fact and half story, 5 to 30 words.

    Frozen. They name none of the concepts of the paper's ten domains, and differ in style from anyone's
    positives: experts found against them may be experts of style.
    """
    return read_pool(Path(__file__).with_name("neutral_pool.jsonl"))


@cache
def written_pool() -> NegativePool:
    """1,200 sentences about the paper's forty specific concepts, which the built-in model wrote for `generate`.

    Frozen. For concepts that it wrote: a unit that knows its manner is no expert against them.
    """
    return read_pool(Path(__file__).with_name("written_pool.jsonl"))


def pool_for(library: Library) -> NegativePool:
    """The library's own pool where it can give every concept enough negatives, else the neutral pool.

    Its size follows the library's: 2.5 times what its largest concept draws by default, and `MOST` sentences
    where a concept would find fewer than it draws among them. Enough: at least `MIN_CONCEPTS` concepts, and
    50 distinct sentences of others for each (below which every result would carry a warning).
    """
    if len(library) < MIN_CONCEPTS:
        return neutral_pool()
    largest = min(USUAL_POSITIVES, max(len(concept.positives) for concept in library))
    pool = build_pool(library, min(MOST, round(ROOM * usual_negatives(largest))))
    if len(pool) < MOST and any(_short(pool, concept) for concept in library):
        pool = build_pool(library, MOST)
    most_owned = max(Counter(pool.owners).values())
    return pool if len(pool) - most_owned >= FEW_NEGATIVES else neutral_pool()


def write_pool(pool: NegativePool, path: str | Path) -> None:
    """Write ``.jsonl``: ``{"pool", "digest", "broader"}``, then ``{"sentence", "owner", "kind"}`` per row."""
    write_whole_file(Path(path), pool_bytes(pool))


def pool_bytes(pool: NegativePool) -> bytes:
    """The content of the file that `write_pool` writes."""
    header = {"pool": pool.name, "digest": pool.digest, "broader": [list(pair) for pair in pool.broader]}
    lines = [json.dumps(header, ensure_ascii=False)]
    for sentence, owner, kind in zip(pool.sentences, pool.owners, pool.kinds):
        row = {"sentence": sentence} | ({"owner": owner} if owner else {}) | ({"kind": kind} if kind else {})
        lines.append(json.dumps(row, ensure_ascii=False))
    return "\n".join((*lines, "")).encode()


def read_pool(path: str | Path, limits: Limits | None = None) -> NegativePool:
    """Read a pool that `write_pool` wrote, or one's own sentences from a ``.txt`` file, one per line.

    In a text file blank lines and repetitions are dropped, and no sentence has an owner.
    Raises InputError when it is missing, no pool, too large, or was changed since it was written.
    """
    path, limits = user_path(path), limits or Limits()
    try:
        with path.open("rb") as stream:
            data = stream.read(limits.max_bytes + 1)
    except OSError as error:
        raise InputError(
            f"cannot read the pool {shortened(str(path), 120)} ({error.strerror}): check the path"
        ) from None
    return parse_pool(data, path.name, limits)


def parse_pool(data: bytes, filename: str, limits: Limits | None = None) -> NegativePool:
    """A pool from the bytes of a file, e.g. an upload; raises InputError as `read_pool`."""
    path, limits = Path(filename), limits or Limits()
    name = shortened(path.name)
    check_size(len(data), name, limits)
    text = decode(data, name)
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


def _short(pool: NegativePool, concept: Concept) -> bool:
    """Whether a concept finds fewer negatives than it draws by default."""
    wanted = usual_negatives(min(USUAL_POSITIVES, len(concept.positives)))
    return not concept.negatives and len(allowed_rows(pool, concept)) < wanted

"""The built-in library: fresh probe sentences about every concept of the small world."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from ..concepts.concept import Concept
from ..concepts.library import Library

if TYPE_CHECKING:
    from .grammar import Grammar

SENTENCES = 400
"""Positive sentences per concept: half fact, half story."""
SEED = 2026


def library_file() -> Path:
    """The frozen library that ships with the package."""
    return Path(__file__).parent / "data" / "library.jsonl.gz"


@cache
def microworld_library() -> Library:
    """The frozen library, read from the package.

    Raises:
        FileNotFoundError: when the package was built without it.
    """
    with gzip.open(library_file(), "rt", encoding="utf-8") as file:
        return Library("microworld", tuple(_concept(json.loads(line)) for line in file))


def _concept(record: dict) -> Concept:
    kinds = ("fact",) * record["facts"] + ("story",) * (len(record["positives"]) - record["facts"])
    return Concept(
        name=record["name"],
        positives=tuple(record["positives"]),
        domain=record["domain"],
        sense=record["sense"],
        broader=record["broader"],
        source="microworld",
        kinds=kinds,
    )


def make_library(
    progress: Callable[[float, str], None] | None = None, grammar: Grammar | None = None
) -> Library:
    """Write the library anew from grammar and seed: the same sentences on every machine.

    Args:
        progress: called with the share done and a concept.
        grammar: of the probe sentences; ours, without the unseen related words, by default.
    """
    from .grammar import Grammar
    from .lexicon import load_lexicon
    from .related import all_unseen

    grammar = grammar or Grammar(load_lexicon(), banned=all_unseen())
    lexicon = grammar.lexicon
    concepts = []
    for i, entry in enumerate(lexicon.entries):
        facts = probe_sentences(grammar, entry.key, "fact", SENTENCES // 2)
        stories = probe_sentences(grammar, entry.key, "story", SENTENCES // 2)
        record = {
            "name": entry.name,
            "domain": entry.domain,
            "sense": entry.sense,
            "broader": "" if entry.is_broader else entry.broader,
            "facts": len(facts),
            "positives": facts + stories,
        }
        concepts.append(_concept(record))
        if progress:
            progress((i + 1) / len(lexicon.entries), entry.key)
    return Library("microworld", tuple(concepts))


def probe_sentences(grammar: Grammar, key: str, kind: str, count: int, seed: int = SEED) -> list[str]:
    """Distinct sentences about a concept from the probe frames, none of which occurs in training."""
    from .grammar import NAMELESS

    entry = grammar.lexicon.by_key[key]
    rng = random.Random(f"probe {seed} {key} {kind}")
    frames = grammar.frames_for(f"probe-{kind}", entry)
    found: dict[str, None] = {}
    named = 0
    while len(found) < count:
        share = named / max(1, len(found))
        naming = 0.75 if entry.is_broader or share < 1 - NAMELESS else 0.0
        cast = grammar.cast(entry, naming, rng)
        sentence = grammar.sentence(rng.choice(frames), cast, rng)
        if cast.ever_named == bool(naming) and sentence not in found:
            found[sentence] = None
            named += cast.ever_named
    return list(found)


def write_library(path: Path | None = None, progress: Callable[[float, str], None] | None = None) -> Library:
    """Make the library and store it (in place of the shipped file by default), byte for byte the same."""
    library = make_library(progress)
    lines = []
    for concept in library:
        record = {
            "name": concept.name,
            "domain": concept.domain,
            "sense": concept.sense,
            "broader": concept.broader,
            "facts": concept.kinds.count("fact"),
            "positives": list(concept.positives),
        }
        lines.append(json.dumps(record, ensure_ascii=False))
    data = gzip.compress(("\n".join(lines) + "\n").encode(), compresslevel=9, mtime=0)
    (path or library_file()).write_bytes(data)
    microworld_library.cache_clear()
    return library

"""Options that several commands share."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated

import typer

from .progress import say

Model = Annotated[
    str, typer.Option("--model", help="smollm2, a hub id, a local folder, or a GGUF file.", metavar="M")
]
Revision = Annotated[
    str | None,
    typer.Option("--revision", help="Revision on the hub.", metavar="R"),
]
Concepts = Annotated[
    str,
    typer.Option(
        "--concepts",
        help="Library: everyday, men, a folder in ml-selfcond's layout, or a .json, .jsonl or .csv file.",
        metavar="LIBRARY",
    ),
]
Positives = Annotated[int, typer.Option("--positives", help="Most sentences of a positive set.", metavar="N")]
Negatives = Annotated[
    int | None,
    typer.Option("--negatives", help="Negatives drawn from the pool; default 2.5 x positives.", metavar="N"),
]
Pool = Annotated[
    str,
    typer.Option(
        "--pool", help="Negative pool: a file, or neutral; default the library's own.", metavar="FILE"
    ),
]
Pooling = Annotated[str, typer.Option("--pooling", help="max, mean, last or selfcond-2022.", metavar="NAME")]
MaxTokens = Annotated[int, typer.Option("--max-tokens", help="Longer sentences are cut.", metavar="N")]
Dtype = Annotated[str, typer.Option("--dtype", help="float32, bfloat16 or float16.", metavar="NAME")]
Device = Annotated[str, typer.Option("--device", help="auto, cpu, cuda, cuda:1 or mps.", metavar="NAME")]
Modules = Annotated[
    str | None,
    typer.Option("--modules", help="Regular expression that replaces the discovery of units.", metavar="RE"),
]
IncludeNorms = Annotated[bool, typer.Option("--include-norms", help="Count the layer norms' outputs too.")]
Seed = Annotated[int, typer.Option("--seed", help="Of every random draw.", metavar="N")]

Clean = Annotated[
    bool,
    typer.Option(
        "--clean",
        help="Take numbering, bullets, markdown, invisible characters and odd spaces off the sentences first.",
    ),
]

MOST_WARNINGS = 20


def say_warnings(warned: Mapping[str, Sequence[str]], cleanable: bool) -> None:
    """Each warning once, with its concepts, and the way out where cleaning takes something away."""
    for warning, keys in list(warned.items())[:MOST_WARNINGS]:
        more = f" and {len(keys) - 3} more" if len(keys) > 3 else ""
        say(f"{', '.join(keys[:3])}{more}: {warning}")
    if len(warned) > MOST_WARNINGS:
        say(f"{len(warned) - MOST_WARNINGS} other warnings on single concepts.")
    if warned and cleanable:
        say(
            "Some of the sentences carry formatting or stand twice: --clean takes that away and leaves the words."
        )


def split_names(text: str) -> tuple[str, ...]:
    """``"cat, dog"`` → ``("cat", "dog")``; a comma inside parentheses or double quotes belongs to a name."""
    names, depth, quoted, current = [], 0, False, ""
    for character in text:
        depth += (character == "(") - (character == ")")
        quoted ^= character == '"'
        if character == "," and depth <= 0 and not quoted:
            names.append(current)
            current = ""
        else:
            current += character
    names = [name.strip() for name in (*names, current)]
    return tuple(name[1:-1] if re.fullmatch('"[^"]+"', name) else name for name in names if name)


def concept_names(text: str, library: str) -> tuple[str, ...]:
    """What ``--names`` asks for: one concept where the library has one of the whole name, else several."""
    names = split_names(text)
    if len(names) > 1:
        from ..concepts import load_library

        if load_library(library).named(text):
            return (text,)
    return names

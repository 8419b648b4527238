"""``concepts list|show|import|export``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..pipeline.finding.request import FindRequest
from .options import say_warnings, takes
from .progress import say

if TYPE_CHECKING:
    from ..concepts import Library

concepts_commands = typer.Typer(
    help="Libraries of concepts: look at them, convert them.", rich_markup_mode=None
)
Out = Annotated[
    Path,
    typer.Option(
        "--out",
        help="File (.json, .jsonl, .csv, .tsv, also .gz) or new folder (ml-selfcond).",
        metavar="PATH",
    ),
]


@concepts_commands.command("list")
@takes(FindRequest, only=["library"])
def list_concepts(asked: FindRequest) -> None:
    """List a library's concepts with the size of their sets."""
    from ..concepts import load_library

    library = load_library(asked.library)
    print("domain\tconcept\tpositives\tnegatives")
    for concept in library:
        negatives = len(concept.negatives) if concept.negatives else "pool"
        print(f"{concept.domain or '-'}\t{concept.key}\t{len(concept.positives)}\t{negatives}")


@concepts_commands.command("show")
@takes(FindRequest, only=["library"])
def show_concept(
    asked: FindRequest,
    name: Annotated[str, typer.Argument(help="Key or name of a concept.")],
    sentences: Annotated[int, typer.Option("--sentences", help="How many to show of each set.")] = 10,
) -> None:
    """Show a concept: what it is, and the first of its sentences."""
    from ..concepts import load_library
    from ..pipeline.finding.plan import choose_concepts

    for concept in choose_concepts(load_library(asked.library), (name,)):
        print(concept.key)
        for field in ("domain", "sense", "broader", "source"):
            if value := getattr(concept, field):
                print(f"  {field}: {value}")
        for what, texts in (("positive", concept.positives), ("negative", concept.negatives or ())):
            print(f"  {what} sentences: {len(texts) or 'drawn from a pool'}")
            for number, text in enumerate(texts[:sentences]):
                kind = f"[{concept.kinds[number]}] " if what == "positive" and concept.kinds else ""
                print(f"    {kind}{' '.join(text.split())}")


@concepts_commands.command("import")
@takes(FindRequest, only=["clean"])
def import_library(
    asked: FindRequest,
    source: Annotated[
        str, typer.Argument(help="Folder in ml-selfcond's layout, or .json, .jsonl, .csv file.")
    ],
    out: Out,
) -> None:
    """Check one's own sentences and write them as a library."""
    from ..concepts import clean_library, drawn_negatives, load_library, pool_for, set_warnings, write_library

    library = load_library(source)
    cleaned = clean_library(library)
    cleanable = not asked.clean and cleaned != library
    if asked.clean:
        library = cleaned
    pool, warned = pool_for(library), dict[str, list[str]]()
    for concept in library:
        negatives = concept.negatives or drawn_negatives(pool, concept)
        for warning in set_warnings(concept.key, concept.name, concept.positives, negatives):
            warned.setdefault(warning, []).append(concept.key)
    say_warnings(warned, cleanable)
    write_library(library, out)
    _told(library, out)


@concepts_commands.command("export")
@takes(FindRequest, only=["library"])
def export_library(asked: FindRequest, out: Out) -> None:
    """Write a library as a file or a folder."""
    from ..concepts import load_library, write_library

    library = load_library(asked.library)
    write_library(library, out)
    _told(library, out)


def _told(library: Library, out: Path) -> None:
    sentences = sum(len(concept.positives) for concept in library)
    say(f"{len(library)} concepts with {sentences:,} positive sentences written to {out}")

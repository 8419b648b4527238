"""``models`` and ``concepts list|show|import|export|harvest``: what there is to look into."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from ..concepts import (
    Library,
    clean_library,
    drawn_negatives,
    load_library,
    pool_for,
    set_warnings,
    write_library,
)  # fmt: skip
from ..models.built_in import BUILT_IN_MODEL
from ..models.catalogue import catalogue
from ..models.model_files import downloaded
from ..pipeline.finding.model_record import known_record
from ..pipeline.finding.plan import choose_concepts
from ..pipeline.finding.request import FindRequest
from .generate_command import generate_command
from .harvest_command import harvest_command
from .options import say_warnings, takes
from .output import ProgressLine, say

concepts_commands = typer.Typer(
    help="Libraries of concepts: look at them, convert them, harvest them.", rich_markup_mode=None
)
concepts_commands.command("generate")(generate_command)
concepts_commands.command("harvest")(harvest_command)
OUT = ("PATH", "File (.json, .jsonl, .csv, .tsv, also .gz) or new folder (ml-selfcond).")


@takes(
    FindRequest,
    only=["revision", "modules", "include_norms"],
    model="Show this model's units: smollm2, hub id or folder.",
)
def models_command(asked: FindRequest, model: str | None = None) -> None:
    """List known and built-in models; with --model, the modules whose outputs are its units."""
    if model is None:
        print("model\tunits\twhere")
        print(f"{BUILT_IN_MODEL}\t-\tbuilt in")
        for known in catalogue():
            here = "on this computer" if downloaded(known.id) else "downloaded on first use"
            print(f"{known.id}\t{known.units:,}\t{here}")
        print("or any other hub id or local folder of a supported family, see README")
        return
    record = known_record(replace(asked, model=model), ProgressLine().run().artefacts)
    if record is None:
        from ..models.loading import unit_table

        units = unit_table(model, asked.revision, modules=asked.modules, include_norms=asked.include_norms)
    else:
        units = record.units
    print("module\tlayer\tkind\tvalue\tunits\ttoken-only")
    for module in units.modules:
        only = "yes" if module.token_only else ""
        print(f"{module.path}\t{module.layer}\t{module.kind}\t{module.position}\t{module.width}\t{only}")
    print(f"{units.count:,} units in {len(units.modules)} modules of {units.layers} layers")


@concepts_commands.command("list")
@takes(FindRequest, only=["library"])
def list_concepts(asked: FindRequest) -> None:
    """List a library's concepts with the size of their sets."""
    library = load_library(asked.library)
    print("domain\tconcept\tpositives\tnegatives")
    for concept in library:
        negatives = len(concept.negatives) if concept.negatives else "pool"
        print(f"{concept.domain or '-'}\t{concept.key}\t{len(concept.positives)}\t{negatives}")


@concepts_commands.command("show")
@takes(FindRequest, only=["library"], sentences="How many to show of each set.")
def show_concept(
    asked: FindRequest,
    name: Annotated[str, typer.Argument(help="Key or name of a concept.")],
    sentences: int = 10,
) -> None:
    """Show a concept: what it is, and the first of its sentences."""
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
@takes(FindRequest, only=["clean"], out=OUT)
def import_library(
    asked: FindRequest,
    source: Annotated[
        str, typer.Argument(help="Folder in ml-selfcond's layout, or .json, .jsonl, .csv file.")
    ],
    out: Path,
) -> None:
    """Check one's own sentences and write them as a library."""
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
    _write(library, out)


@concepts_commands.command("export")
@takes(FindRequest, only=["library"], out=OUT)
def export_library(asked: FindRequest, out: Path) -> None:
    """Write a library as a file or a folder."""
    _write(load_library(asked.library), out)


def _write(library: Library, out: Path) -> None:
    write_library(library, out)
    sentences = sum(len(concept.positives) for concept in library)
    say(f"{len(library)} concepts with {sentences:,} positive sentences written to {out}")

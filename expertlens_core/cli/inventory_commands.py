"""``models`` and ``concepts list|show|import|export|harvest``: what there is to look into."""

import contextlib
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
from ..concepts.formats.columns import Columns, read_table_file, table_library
from ..errors import InputError
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
OUT = ("PATH", "File (.json, .jsonl, .csv, .tsv, .parquet, .zip) or new folder (ml-selfcond).")
COLUMN = "NAME"


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
@takes(
    FindRequest,
    only=["clean"],
    out=OUT,
    sentence_column=(COLUMN, "Column of a table that holds the sentences."),
    concept_column=(COLUMN, "Column that holds the concept."),
    concept=("CONCEPT", "The one concept of a table that has no column for it."),
    label_column=(COLUMN, "Column that tells sentences with the concept from those without it."),
    positive_label=("VALUE", "Its value for a sentence with the concept; default 1, true, yes or positive."),
    domain_column=(COLUMN, "Column that holds the domain."),
    sense_column=(COLUMN, "Column that holds the sense."),
)
def import_library(
    asked: FindRequest,
    source: Annotated[
        str,
        typer.Argument(
            help="Folder of ml-selfcond or ml-act, or .json, .jsonl, .csv, .parquet or .zip file."
        ),
    ],
    out: Path,
    sentence_column: str = "",
    concept_column: str = "",
    concept: str = "",
    label_column: str = "",
    positive_label: str = "",
    domain_column: str = "",
    sense_column: str = "",
) -> None:
    """Check one's own sentences and write them as a library."""
    named = (concept_column, concept, label_column, positive_label, domain_column, sense_column)
    if sentence_column or any(named):
        library = table_library(read_table_file(source), Columns(sentence_column, *named))
    else:
        library = _library(source)
    cleaned = clean_library(library)
    cleanable = not asked.clean and cleaned != library
    if asked.clean:
        library = cleaned
    pool, warned = pool_for(library), dict[str, list[str]]()
    for each in library:
        negatives = each.negatives or drawn_negatives(pool, each)
        for warning in set_warnings(each.key, each.name, each.positives, negatives):
            warned.setdefault(warning, []).append(each.key)
    say_warnings(warned, cleanable)
    _write(library, out)


@concepts_commands.command("export")
@takes(FindRequest, only=["library"], out=OUT)
def export_library(asked: FindRequest, out: Path) -> None:
    """Write a library as a file or a folder."""
    _write(load_library(asked.library), out)


def _library(source: str) -> Library:
    """The library of a file; where it is none but a table, the sentence says how its columns are named."""
    try:
        return load_library(source)
    except InputError as error:
        with contextlib.suppress(InputError):
            read_table_file(source)
            hint = f"{error}; for other columns give --sentence-column and --concept-column"
            error = InputError(hint) if len(hint) <= 300 else error
        raise error from None


def _write(library: Library, out: Path) -> None:
    write_library(library, out)
    sentences = sum(len(concept.positives) for concept in library)
    say(f"{len(library)} concepts with {sentences:,} positive sentences written to {out}")

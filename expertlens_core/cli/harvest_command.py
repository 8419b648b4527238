"""``concepts harvest``: sentences for many words from texts of one's own, as a library."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import Cancelled
from ..pipeline.probing.harvest import HarvestRequest
from .options import split_names, takes
from .output import ProgressLine, say

if TYPE_CHECKING:
    from ..concepts.harvest import Harvest

WORDS = (
    "FILE|men|A,B",
    "The words: a file of them (a tab and the domain may follow each), men, everyday, or A,B,C.",
)
LIBRARY = ("LIBRARY", "File (.json, .jsonl, .csv, .tsv, also .gz) or new folder (ml-selfcond).")


@takes(
    HarvestRequest,
    only=("column", "cap", "seed"),
    text=("FILE", "A file of text, or a folder of them; may be given again."),
    words=WORDS,
    out=LIBRARY,
)
def harvest_command(
    asked: HarvestRequest,
    text: list[str],
    words: str,
    out: Path,
    more: Annotated[list[str] | None, typer.Argument(help="More files of text.", metavar="[FILE]...")] = None,
) -> None:
    """Find sentences for many words, in any inflection, in one pass over texts; each keeps the place it came from.

    Reads .txt, .md, .csv, .tsv, .jsonl (also .gz) and .parquet of any size. Prints word, found, kept.
    """
    from ..concepts import write_library
    from ..concepts.library_files import check_library_path
    from ..pipeline.probing.harvest import harvest
    from ..pipeline.probing.words import is_list

    check_library_path(out)
    asked = replace(asked, texts=(*text, *(more or ())))
    asked = replace(asked, word_list=words) if is_list(words) else replace(asked, words=split_names(words))
    try:
        with ProgressLine() as line:
            found = harvest(asked, line.run())
    except KeyboardInterrupt:
        raise Cancelled("stopped; nothing was written") from None
    write_library(found.library(Path(out.stem).stem if out.suffix == ".gz" else out.stem), out)
    _print(found, asked.cap)
    kept = sum(tally.kept for tally in found.tallies if tally not in found.left_out)
    files = "1 file" if found.files == 1 else f"{found.files:,} files"
    say(f"{len(found.concepts):,} concepts with {kept:,} sentences from {files} written to {out}")


def _print(found: "Harvest", cap: int) -> None:
    print("word\tfound\tkept")
    for tally in found.tallies:
        print(f"{tally.name}\t{tally.found}\t{tally.kept}")
    if found.cap < cap:
        say(
            f"a library cannot hold {cap:,} sentences for each of these words: at most {found.cap:,} were kept"
        )
    if left := found.left_out:
        shown = ", ".join(tally.name for tally in left[:10]) + (", ..." if len(left) > 10 else "")
        say(f"left out, with fewer than 2 sentences: {shown} ({len(left):,} of {len(found.tallies):,} words)")

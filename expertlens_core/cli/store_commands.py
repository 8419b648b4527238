"""``cache show|verify|clear`` and ``shipped build|check``: what is on the disk."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from ..artefacts import open_artefacts, shipped_directory
from ..errors import InputError
from ..pipeline.finding.request import FindRequest
from ..pipeline.shipped_parts import PARTS
from ..pipeline.shipping import build_part, check_shipped
from .options import takes
from .output import ProgressLine, say

cache_commands = typer.Typer(
    help="Cached results: list them, check them, remove them.", rich_markup_mode=None
)
shipped_commands = typer.Typer(
    help="Results that come with the code: write them from the cache, check them.", rich_markup_mode=None
)
FOLDER = ("DIR", "Default EXPERTLENS_SHIPPED, else the package's.")


@cache_commands.command("show")
def show(
    full: Annotated[bool, typer.Option("--all", help="One line per artefact, first evicted first.")] = False,
) -> None:
    """Show where the cache is, and what takes room in it."""
    store = open_artefacts()
    entries = store.show()
    size = sum(entry.bytes for entry in entries)
    print(f"{store.directory}: {len(entries)} artefacts, {_size(size)} of {_size(store.limit)}")
    if full:
        for entry in entries:
            used = datetime.fromtimestamp(entry.used).isoformat(" ", "seconds")
            print(f"{entry.digest[:12]}  {_size(entry.bytes):>10}  {used}  {entry.stage}: {entry.label}")
        return
    for stage in dict.fromkeys(entry.stage for entry in entries):
        of_stage = [entry for entry in entries if entry.stage == stage]
        print(f"{len(of_stage):>6}  {_size(sum(entry.bytes for entry in of_stage)):>10}  {stage}")


@cache_commands.command("verify")
def verify() -> None:
    """Check every byte; what is damaged is removed, and computed again when it is needed."""
    store = open_artefacts()
    with ProgressLine() as progress:
        damaged = store.verify(progress)
    print(f"{len(store.show())} artefacts are whole, {len(damaged)} were damaged and are removed")
    if damaged:
        raise typer.Exit(1)


@cache_commands.command("clear")
def clear(
    stage: Annotated[
        str | None, typer.Option("--stage", help="Only artefacts of this stage, as 'cache show' names it.")
    ] = None,
) -> None:
    """Remove cached results; they are computed again when they are needed."""
    store = open_artefacts()
    if stage is not None:
        known = sorted({entry.stage for entry in store.show()})
        if stage not in known:
            raise InputError(
                f"the cache holds no stage {stage!r}: expected one of "
                f"{', '.join(known) or '(nothing is cached)'}"
            )
    count, size = store.clear(stage)
    say(f"removed {count} artefacts, {_size(size)}")


def _size(count: int) -> str:
    size = float(count)
    for unit in ("B", "KiB", "MiB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} GiB"


@shipped_commands.command("build")
@takes(
    FindRequest,
    part=("PART", "expertise, maps, alignment, doses, story, evidence, stability or all."),
    folder=FOLDER,
)
def build(asked: FindRequest, part: str, folder: Path | None = None) -> None:
    """Write parts of the shipped results from the cache of a computed run."""
    if part not in (*PARTS, "all"):
        raise InputError(f"part is {part!r}: expected one of {', '.join(PARTS)}, or all")
    place = folder or shipped_directory()
    with ProgressLine() as line:
        for each in PARTS if part == "all" else (part,):
            made = build_part(each, place, asked, line.run())
            say(f"{each}: {len(made['files'])} files, {made['bytes'] / 1e6:.1f} MB, in {place}")


@shipped_commands.command("check")
@takes(FindRequest, folder=FOLDER)
def check(asked: FindRequest, folder: Path | None = None) -> None:
    """Say whether the shipped results are whole and fit this version; exits 1 when they do not."""
    place = folder or shipped_directory()
    problems = check_shipped(place, asked)
    if problems:
        print(problems[0])
        raise typer.Exit(1)
    print(f"the shipped results in {place} are whole")

"""``shipped build|check``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from . import options
from .progress import say

shipped_commands = typer.Typer(
    help="Results that come with the code: write them from the cache, check them.", rich_markup_mode=None
)
Folder = Annotated[
    Path | None,
    typer.Option("--folder", help="Default EXPERTLENS_SHIPPED, else the package's.", metavar="DIR"),
]


@shipped_commands.command("build")
def build(
    part: Annotated[
        str, typer.Option("--part", help="expertise, maps, alignment, doses, story or all.", metavar="PART")
    ],
    folder: Folder = None,
    model: options.Model = "smollm2",
    concepts: options.Concepts = "everyday",
) -> None:
    """Write parts of the shipped results from the cache of a computed run."""
    from ..artefacts import shipped_directory
    from ..errors import InputError
    from ..pipeline.request import FindRequest
    from ..pipeline.shipping import PARTS, build_part

    if part not in (*PARTS, "all"):
        raise InputError(f"part is {part!r}: expected one of {', '.join(PARTS)}, or all")
    place = folder or shipped_directory()
    for each in PARTS if part == "all" else (part,):
        made = build_part(each, place, FindRequest(model=model, library=concepts))
        say(f"{each}: {len(made['files'])} files, {made['bytes'] / 1e6:.1f} MB, in {place}")


@shipped_commands.command("check")
def check(
    folder: Folder = None, model: options.Model = "smollm2", concepts: options.Concepts = "everyday"
) -> None:
    """Say whether the shipped results are whole and fit this version; exits 1 when they do not."""
    from ..artefacts import shipped_directory
    from ..pipeline.request import FindRequest
    from ..pipeline.shipping_check import check_shipped

    place = folder or shipped_directory()
    problems = check_shipped(place, FindRequest(model=model, library=concepts))
    if problems:
        print(problems[0])
        raise typer.Exit(1)
    print(f"the shipped results in {place} are whole")

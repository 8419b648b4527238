"""``microworld train|concepts|check``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from .progress import ProgressLine, say

microworld_commands = typer.Typer(
    help="The embedded model: train it again, make its concepts again, measure what it is worth.",
    rich_markup_mode=None,
)


@microworld_commands.command("train")
def train_model(
    out: Annotated[Path, typer.Option("--out", help="Folder for the model.", metavar="DIR")],
    steps: Annotated[int | None, typer.Option("--steps", help="Optimizer steps; default all.")] = None,
    seed: Annotated[int, typer.Option("--seed", help="Of weights and text.")] = 0,
    threads: Annotated[int, typer.Option("--threads", help="Processor cores to use.")] = 2,
) -> None:
    """Train the embedded model from nothing (under half an hour on two cores)."""
    from ..errors import InputError
    from ..microworld.train import STEPS, train

    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InputError(f"--out names {out}, which is there and not empty: expected a new folder")
    with ProgressLine() as progress:
        report = train(out, steps=steps or STEPS, seed=seed, threads=threads, progress=_percent(progress))
    for name, value in report.items():
        print(f"{name}\t{value:g}" if isinstance(value, float) else f"{name}\t{value}")
    say(f"written to {out}; find --model {out} uses it")


@microworld_commands.command("concepts")
def make_concepts(
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Make the library again from the grammar, as a file or a new folder."),
    ] = None,
) -> None:
    """List the domains and concepts of the small world, or make its library again."""
    if out is None:
        from ..concepts import load_library

        library = load_library("microworld")
        for domain, keys in library.domains.items():
            print(f"{domain}\t{', '.join(keys)}")
        say(f"{len(library)} concepts in {len(library.domains)} domains")
        return
    from ..concepts import write_library
    from ..microworld.library import make_library, microworld_library

    with ProgressLine() as progress:
        library = make_library(_percent(progress))
    write_library(library, out)
    same = library.digest == microworld_library().digest
    say(
        f"{len(library)} concepts written to {out}, {'equal to' if same else 'different from'} those that ship"
    )


@microworld_commands.command("check")
def check_model(
    folder: Annotated[
        Path | None, typer.Option("--folder", help="Of a model that was trained; default the embedded one.")
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="Train the negative control as well.")] = False,
    texts: Annotated[int, typer.Option("--texts", help="Generated per concept and kind.")] = 200,
    out: Annotated[
        Path | None, typer.Option("--out", help="Write all figures and texts here too.", metavar="X.json")
    ] = None,
) -> None:
    """Measure what the embedded model is worth: the nine criteria, and steering."""
    from ..concepts.formats.whole_file import write_whole_file
    from ..microworld.check import check

    with ProgressLine() as progress:
        report = check(folder, full=full, texts=texts, progress=_percent(progress))
    print(report.table())
    if out is not None:
        write_whole_file(out, report.to_json().encode() + b"\n")


def _percent(progress: ProgressLine) -> Callable[[float, str], None]:
    return lambda share, message: progress(round(100 * share), 100, message)

"""``sweep``: many models, libraries and recipes through the same stages."""

import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Annotated, Any

import typer

from ..artefacts import open_artefacts
from ..errors import InputError
from ..request import fields_of
from ..sweep.cost import costs
from ..sweep.driver import InProcess, Pool, Summary, drive
from ..sweep.request import SweepRequest, read_sweep
from ..sweep.tasks import groups
from ..sweep.worker import Worker
from .options import split_names
from .output import ProgressLine, duration, say, write_json

MOST_TOLD = 20


def _field(name: str, metavar: str | None = None, flag: str = "") -> Any:
    """The option of a field of a sweep, with its help."""
    told = " ".join((fields_of(SweepRequest)[name].description or "").split())
    return typer.Option(f"--{flag or name}", help=told, metavar=metavar)


def sweep_command(
    plan: Annotated[Path | None, typer.Option(help="A sweep in TOML, YAML or JSON.", metavar="FILE")] = None,
    models: Annotated[str, _field("models", "M,M")] = "",
    revisions: Annotated[str, _field("revisions", "R,R")] = "",
    concepts: Annotated[str, _field("libraries", "LIBRARY,LIBRARY", "concepts")] = "",
    names: Annotated[str, _field("names", "A,B")] = "",
    stages: Annotated[str, _field("stages", "S,S")] = "",
    positives: Annotated[int | None, typer.Option(help="Most sentences of a positive set.")] = None,
    negatives: Annotated[int | None, typer.Option(help="Negatives drawn from the pool.")] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print time, disk and memory; do nothing.")
    ] = False,
    address: Annotated[str, typer.Option(help="Of a running Ray cluster, or auto.")] = "",
    workers: Annotated[
        int | None, typer.Option(help="Workers on Ray; default one a GPU, else one a core.")
    ] = None,
    threads: Annotated[
        int | None, typer.Option(help="Threads of each worker; default 1 on Ray, else all cores.")
    ] = None,
    return_results: Annotated[
        bool,
        typer.Option(
            "--return-results",
            help="Workers send results back, where they share no folder with this machine.",
        ),
    ] = False,
    out: Annotated[Path | None, typer.Option(help="File for what became of it.", metavar="X.json")] = None,
) -> None:
    """Take many models, libraries and recipes through the same stages.

    The sweep stands in a PLAN (TOML, YAML or JSON) or in the options, which go before it. Without --address and
    --workers it runs in this process, one model at a time. Results go to the cache, where the pages find them; what is
    there already is not computed again, so a sweep that was stopped goes on with the same command.

    Writes {"done", "computed", "failed", "skipped", "failures": [{"task", "problem", "skipped"}, ...]}.
    """
    asked = _asked(plan, models, revisions, concepts, names, stages, positives, negatives)
    total = sum(len(group) for group in groups(asked))
    if dry_run:
        _print_costs(asked, total)
        return
    started = time.monotonic()
    with ProgressLine() as line:

        def told(summary: Summary, label: str) -> None:
            failed = f", {summary.failed} failed" if summary.failed else ""
            line(summary.ended, total, f"tasks{failed}; last: {label}")

        pool, close = _pool(asked, address, workers, threads, return_results)
        try:
            summary = drive(groups(asked), pool, told)
        finally:
            close()
    for failure in summary.failures[:MOST_TOLD]:
        more = f" ({failure.skipped:,} further tasks rest on it)" if failure.skipped else ""
        say(f"failed: {failure.task}: {failure.problem}{more}")
    if len(summary.failures) > MOST_TOLD:
        say(f"and {len(summary.failures) - MOST_TOLD} more; --out writes all of them")
    say(
        f"{total:,} tasks: {summary.done:,} done, {summary.computed:,} of them computed anew, {summary.failed:,} "
        f"failed, {summary.skipped:,} skipped ({time.monotonic() - started:.1f} s)"
    )
    if out is not None:
        write_json(out, asdict(summary))


def _pool(
    asked: SweepRequest, address: str, workers: int | None, threads: int | None, returned: bool
) -> tuple[Pool, Any]:
    if not address and workers is None:
        if returned:
            raise InputError("--return-results is for workers on Ray: give --address or --workers as well")
        return InProcess(Worker(threads=threads)), lambda: None
    from ..sweep.on_ray import OnRay
    from ..sweep.returned import check_returnable

    if returned:
        check_returnable(asked.stages)
    pool = OnRay(address, workers, threads or 1, open_artefacts().directory, shared=not returned)
    return pool, pool.close


def _asked(
    plan: Path | None, models: str, revisions: str, concepts: str, names: str, stages: str,
    positives: int | None, negatives: int | None,
) -> SweepRequest:  # fmt: skip
    given: dict[str, Any] = {
        "models": split_names(models), "revisions": split_names(revisions), "libraries": split_names(concepts),
        "names": split_names(names), "stages": split_names(stages),
    }  # fmt: skip
    given = {name: value for name, value in given.items() if value}
    recipe = {"positives": positives, "negatives": negatives}
    recipe = {name: value for name, value in recipe.items() if value is not None}
    if plan is None:
        if "models" not in given:
            raise InputError("a sweep needs models: give --plan or --models")
        return SweepRequest(**given, recipes=(recipe,))
    asked = replace(read_sweep(plan), **given)
    return replace(asked, recipes=tuple({**each, **recipe} for each in asked.recipes)) if recipe else asked


def _print_costs(asked: SweepRequest, total: int) -> None:
    print("model\ttasks\tconcepts to find\ttime\tdisk\tmemory\tfrom")
    seconds, disk = 0.0, 0
    for cost in costs(asked, ProgressLine().run()):
        seconds, disk = seconds + cost.seconds, disk + cost.disk_bytes
        print(
            f"{cost.model}\t{cost.tasks:,}\t{cost.concepts:,}\t{duration(cost.seconds)}\t"
            f"{cost.disk_bytes / 1e6:,.0f} MB\t{cost.memory_bytes / 1e6:,.0f} MB\t{cost.how}"
        )
    print(f"all\t{total:,}\t\t{duration(seconds)} on one worker\t{disk / 1e6:,.0f} MB")

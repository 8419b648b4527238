"""``find``: the expertise of concepts, as files."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from ..defaults import DEFAULT_LIBRARY, DEFAULT_MODEL
from . import options
from .progress import ProgressLine, say


def find_command(
    out: Annotated[Path, typer.Option("--out", help="Folder for the results.", metavar="DIR")],
    model: options.Model = DEFAULT_MODEL,
    revision: options.Revision = None,
    concepts: options.Concepts = DEFAULT_LIBRARY,
    names: Annotated[str, typer.Option("--names", help="Concepts; default all.", metavar="A,B")] = "",
    positives: options.Positives = 400,
    negatives: options.Negatives = None,
    pool: options.Pool = "",
    rebuild_pool: Annotated[
        bool, typer.Option("--rebuild-pool", help="Build the library's negative pool anew first.")
    ] = False,
    match: Annotated[
        str,
        typer.Option(
            "--match", help="Draw negatives in the positives' shares of these.", metavar="length,kind"
        ),
    ] = "",
    pooling: options.Pooling = "max",
    max_tokens: options.MaxTokens = 128,
    dtype: options.Dtype = "float32",
    device: options.Device = "auto",
    modules: options.Modules = None,
    include_norms: options.IncludeNorms = False,
    seed: options.Seed = 0,
    clean: options.Clean = False,
    form: Annotated[
        str,
        typer.Option(
            "--format", help="csv (ml-selfcond's table and summary) or safetensors.", metavar="NAME"
        ),
    ] = "csv",
) -> None:
    """Find which units tell sentences with a concept from sentences without it.

    Writes DIR/<domain>/<concept>/expertise/ with expertise.csv and expertise_info.json. Files that are
    current are left alone; a run that was stopped goes on where it was.
    """
    from ..artefacts import open_artefacts
    from ..concepts import clean_library, load_library
    from ..errors import InputError
    from ..pipeline.export import FORMATS, export_found
    from ..pipeline.finding import find
    from ..pipeline.pool import rebuild_pool as rebuild
    from ..pipeline.request import FindRequest

    if form not in FORMATS:
        raise InputError(f"--format is {form!r}: expected one of {', '.join(FORMATS)}")
    if out.exists() and not out.is_dir():
        raise InputError(f"--out names {out}, which is a file: expected a folder")
    request = FindRequest(
        model=model, library=concepts, names=options.concept_names(names, concepts), revision=revision,
        positives=positives, negatives=negatives, pool=pool, match=options.split_names(match),
        pooling=pooling, max_tokens=max_tokens, dtype=dtype, device=device, modules=modules,
        include_norms=include_norms, seed=seed, clean=clean,
    )  # fmt: skip
    started = time.monotonic()
    library, store = load_library(concepts), open_artefacts()
    if clean:
        library = clean_library(library)
    warned: dict[str, list[str]] = {}
    if rebuild_pool:
        rebuild(request, library, store)
    count = computed = written = 0
    with ProgressLine() as progress:
        for found in find(request, library=library, artefacts=store, progress=progress):
            count += 1
            computed += not found.cached
            written += export_found(found, out, form)
            for warning in found.expertise.warnings:
                warned.setdefault(warning, []).append(found.concept.key)
    options.say_warnings(warned, cleanable=bool(warned) and clean_library(library) != library)
    say(
        f"{count} concepts: {computed} computed, {count - computed} from the cache; {written} written to "
        f"{out}, {count - written} unchanged ({time.monotonic() - started:.1f} s)"
    )

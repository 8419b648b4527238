"""``models``: what can be looked into, and the table of a model's units."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from . import options

KNOWN = (
    ("EleutherAI/pythia-70m", 27_648),
    ("EleutherAI/pythia-1b", 294_912),
    ("EleutherAI/pythia-12b", 1_658_880),
    ("openai-community/gpt2", 82_944),
)
"""Models of the papers, with their number of units."""


def models_command(
    model: Annotated[
        str | None, typer.Option("--model", help="Show this model's units: microworld, hub id or folder.")
    ] = None,
    revision: options.Revision = None,
    modules: options.Modules = None,
    include_norms: options.IncludeNorms = False,
) -> None:
    """List known and embedded models; with --model, the modules whose outputs are its units."""
    if model is None:
        _list_models()
        return
    from ..artefacts import open_artefacts
    from ..pipeline.model_record import known_record
    from ..pipeline.request import FindRequest

    request = FindRequest(model=model, revision=revision, modules=modules, include_norms=include_norms)
    record = known_record(request, open_artefacts())
    if record is None:
        from ..models.loading import unit_table

        units = unit_table(model, revision, modules=modules, include_norms=include_norms)
    else:
        units = record.units
    print("module\tlayer\tkind\tvalue\tunits\ttoken-only")
    for module in units.modules:
        only = "yes" if module.token_only else ""
        print(f"{module.path}\t{module.layer}\t{module.kind}\t{module.position}\t{module.width}\t{only}")
    print(f"{units.count:,} units in {len(units.modules)} modules of {units.layers} layers")


def _list_models() -> None:
    from .. import microworld

    names = microworld.checkpoints()
    print("model\tunits\twhere")
    print(f"microworld\t-\tembedded; revisions {', '.join(names)}" if names else "microworld\t-\tnot trained")
    for name, units in KNOWN:
        here = (_hub_cache() / f"models--{name.replace('/', '--')}").is_dir()
        print(f"{name}\t{units:,}\t{'on this computer' if here else 'downloaded on first use'}")
    print("or any other hub id or local folder of a supported family, see README")


def _hub_cache() -> Path:
    home = Path(os.environ.get("HF_HOME") or "~/.cache/huggingface").expanduser()
    return Path(os.environ.get("HF_HUB_CACHE") or home / "hub")

"""``models``: what can be looked into, and the table of a model's units."""

from __future__ import annotations

from typing import Annotated

import typer

from . import options


def models_command(
    model: Annotated[
        str | None, typer.Option("--model", help="Show this model's units: smollm2, hub id or folder.")
    ] = None,
    revision: options.Revision = None,
    modules: options.Modules = None,
    include_norms: options.IncludeNorms = False,
) -> None:
    """List known and built-in models; with --model, the modules whose outputs are its units."""
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
    from ..models.built_in import BUILT_IN_MODEL
    from ..models.catalogue import catalogue
    from ..models.model_files import downloaded

    print("model\tunits\twhere")
    print(f"{BUILT_IN_MODEL}\t-\tbuilt in")
    for known in catalogue():
        here = "on this computer" if downloaded(known.id) else "downloaded on first use"
        print(f"{known.id}\t{known.units:,}\t{here}")
    print("or any other hub id or local folder of a supported family, see README")

"""``models``: what can be looked into, and the table of a model's units."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer

from ..pipeline.finding.request import FindRequest
from .options import takes
from .progress import ProgressLine


@takes(FindRequest, only=["revision", "modules", "include_norms"])
def models_command(
    asked: FindRequest,
    model: Annotated[
        str | None, typer.Option("--model", help="Show this model's units: smollm2, hub id or folder.")
    ] = None,
) -> None:
    """List known and built-in models; with --model, the modules whose outputs are its units."""
    if model is None:
        _list_models()
        return
    from ..pipeline.finding.model_record import known_record

    request = replace(asked, model=model)
    record = known_record(request, ProgressLine().run().artefacts)
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

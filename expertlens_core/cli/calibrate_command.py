"""``calibrate``: the dose that each concept bears, found by writing."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from ..defaults import DEFAULT_LIBRARY, DEFAULT_MODEL
from . import options
from .progress import ProgressLine, say


def calibrate_command(
    out: Annotated[Path, typer.Option("--out", help="File for the doses.", metavar="X.json")],
    model: options.Model = DEFAULT_MODEL,
    revision: options.Revision = None,
    concepts: options.Concepts = DEFAULT_LIBRARY,
    names: Annotated[
        str, typer.Option("--names", help="Concepts parted by commas; default all.", metavar="a,b")
    ] = "",
    positives: options.Positives = 400,
    negatives: options.Negatives = None,
    pool: options.Pool = "",
    pooling: options.Pooling = "max",
    dtype: options.Dtype = "float32",
    device: options.Device = "auto",
    seed: options.Seed = 0,
) -> None:
    """Find by writing how many experts to set, from which layer on and how strongly.

    Many doses write on prompts of their own; the one is taken that shows the concept in most texts while they stay
    fluent and varied. Kept, so that steer and the pages use it. Writes {"concepts": {NAME: {"dose", "met", "curve",
    ...}}}.
    """
    from ..concepts import load_library
    from ..concepts.formats.whole_file import write_whole_file
    from ..pipeline.calibration_stage import calibrate_concept
    from ..pipeline.plan import choose_concepts
    from ..pipeline.request import FindRequest

    request = FindRequest(
        model=model, library=concepts, revision=revision, positives=positives, negatives=negatives,
        pool=pool, pooling=pooling, dtype=dtype, device=device, seed=seed,
    )  # fmt: skip
    library = load_library(concepts)
    chosen = choose_concepts(library, options.concept_names(names, concepts))
    results = {}
    with ProgressLine() as progress:
        for number, concept in enumerate(chosen, 1):

            def step(
                done: int, total: int, what: str, place: str = f"{concept.key} ({number} of {len(chosen)})"
            ) -> None:
                progress(done, total, f"{place}: {what}")

            result = calibrate_concept(request, concept.key, library=library, progress=step)
            results[concept.key] = asdict(result)
            found = "" if result.met else " (no dose kept the bounds; this was the mildest)"
            say(f"{concept.key}: {result.dose}{found}")
    content = json.dumps({"concepts": results, "request": request.to_json()}, ensure_ascii=False, indent=1)
    write_whole_file(out, content.encode() + b"\n")

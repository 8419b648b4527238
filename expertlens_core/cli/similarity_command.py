"""``similarity``: how alike the concepts of a library are, as a table."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Annotated

import typer

from ..defaults import DEFAULT_LIBRARY, DEFAULT_MODEL
from . import comparison_options, options
from .progress import ProgressLine, say


def similarity_command(
    out: Annotated[Path, typer.Option("--out", help="File for the table.", metavar="X.csv")],
    model: options.Model = DEFAULT_MODEL,
    revision: options.Revision = None,
    concepts: options.Concepts = DEFAULT_LIBRARY,
    names: Annotated[str, typer.Option("--names", help="Concepts; default all.", metavar="A,B")] = "",
    measure: Annotated[
        str,
        typer.Option(
            "--measure", help="jaccard, cosine, cosine-adjusted, cosine-prevalence or kl.", metavar="NAME"
        ),
    ] = "jaccard",
    tau: Annotated[float, typer.Option("--tau", help="AP above which a unit is an expert (jaccard).")] = 0.5,
    without_token_only: comparison_options.WithoutTokenOnly = False,
    positives: options.Positives = 400,
    negatives: options.Negatives = None,
    pool: options.Pool = "",
    pooling: options.Pooling = "max",
    dtype: options.Dtype = "float32",
    device: options.Device = "auto",
    seed: options.Seed = 0,
) -> None:
    """Compare all concepts of a library by their experts; experts that are not cached are found first.

    Writes one row and one column per concept.
    """
    from ..concepts.formats.whole_file import write_whole_file
    from ..pipeline.request import FindRequest
    from ..pipeline.similarity_stage import SimilarityRequest, similarity

    request = SimilarityRequest(
        find=FindRequest(
            model=model, library=concepts, revision=revision, names=options.concept_names(names, concepts),
            positives=positives, negatives=negatives, pool=pool, pooling=pooling, dtype=dtype, device=device,
            seed=seed,
        ),
        measures=(measure,), taus=(tau,), without_token_only=without_token_only,
    )  # fmt: skip
    with ProgressLine() as progress:
        found = similarity(request, progress=progress)
    matrix = found.matrices[0]
    content = io.StringIO()
    writer = csv.writer(content, lineterminator="\n")
    writer.writerow(["concept", *matrix.concepts])
    for concept, row in zip(matrix.concepts, matrix.values):
        writer.writerow([concept, *(float(value) for value in row)])
    write_whole_file(out, content.getvalue().encode("utf-8", "surrogatepass"))
    empty = f", {matrix.empty_unions:,} pairs without an expert" if matrix.empty_unions else ""
    say(f"{matrix.label} of {len(matrix.concepts)} concepts written to {out}{empty}")

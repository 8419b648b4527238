"""``align``: agreement of a model's concepts with human judgments."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..defaults import DEFAULT_LIBRARY, DEFAULT_MODEL
from . import comparison_options, options
from .progress import ProgressLine, say

if TYPE_CHECKING:
    from ..analysis.alignment import Alignment
    from ..pipeline.alignment_request import AlignRequest
    from ..pipeline.alignment_stage import Aligned

DISAGREEMENTS = 20


def align_command(
    out: Annotated[Path, typer.Option("--out", help="File for the result.", metavar="X.json")],
    judgments: Annotated[
        str,
        typer.Option(
            "--judgments",
            help="men-in-the-box, men, simlex999, wordsim353, taxonomy, a file of word pairs with scores, or MEN's "
            "folder.",
            metavar="NAME|FILE",
        ),
    ] = "men-in-the-box",
    model: options.Model = DEFAULT_MODEL,
    revision: options.Revision = None,
    concepts: options.Concepts = DEFAULT_LIBRARY,
    names: Annotated[str, typer.Option("--names", help="Concepts; default all.", metavar="A,B")] = "",
    split: Annotated[
        str | None, typer.Option("--split", help="Part of the judgments, such as test.", metavar="NAME")
    ] = None,
    taus: Annotated[
        str, typer.Option("--taus", help="Thresholds on AP; the first is compared with the baselines.")
    ] = "0.5",
    measures: Annotated[str, typer.Option("--measures", help="Some of the measures; default all.")] = "",
    baselines: Annotated[
        str, typer.Option("--baselines", help="Some of the baselines, or none; default all.")
    ] = "",
    without_token_only: comparison_options.WithoutTokenOnly = False,
    places: Annotated[bool, typer.Option("--places/--no-places", help="Also by layer and kind.")] = True,
    resamples: Annotated[int, typer.Option("--resamples", help="Of the bootstrap.")] = 10_000,
    permutations: Annotated[int, typer.Option("--permutations", help="Of the test.")] = 10_000,
    positives: options.Positives = 400,
    negatives: options.Negatives = None,
    pool: options.Pool = "",
    pooling: options.Pooling = "max",
    dtype: options.Dtype = "float32",
    device: options.Device = "auto",
    seed: options.Seed = 0,
) -> None:
    """Compare similarities of concepts with what people say, beside baselines that need no experts.

    Writes per measure and tau {rho, ci_low, ci_high, p, pairs, pairs_missing}, and every baseline.
    """
    from ..pipeline.alignment_request import BASELINES, AlignRequest
    from ..pipeline.alignment_stage import align_judgments
    from ..pipeline.request import FindRequest
    from ..pipeline.similarity_stage import MEASURE_NAMES
    from .json_file import write_json

    chosen = BASELINES if not baselines.strip() else options.split_names(baselines)
    request = AlignRequest(
        find=FindRequest(
            model=model, library=concepts, revision=revision, names=options.concept_names(names, concepts),
            positives=positives, negatives=negatives, pool=pool, pooling=pooling, dtype=dtype, device=device,
            seed=seed,
        ),
        judgments=judgments, split=split, taus=comparison_options.numbers("--taus", taus),
        measures=options.split_names(measures) or MEASURE_NAMES,
        baselines=() if chosen == ("none",) else chosen, places=places,
        without_token_only=without_token_only, resamples=resamples, permutations=permutations, seed=seed,
    )  # fmt: skip
    with ProgressLine() as progress:
        found = align_judgments(request, progress=progress)
        priming = _priming(request, found, progress)
    write_json(out, _content(found) | priming)
    main = found.measures[0]
    say(
        f"{main.label}: rho {main.rho:.3f} ({main.ci_low:.3f} to {main.ci_high:.3f}) over {main.pairs:,} pairs, "
        f"{main.pairs_missing:,} left out for {len(found.table.missing):,} missing words; written to {out}"
    )


def _priming(request: AlignRequest, found: Aligned, progress: ProgressLine) -> dict[str, Any]:
    """Bars by bin and fixed effects, where the judgments are a table of the Semantic Priming Project."""
    from dataclasses import asdict

    from ..analysis.judgment_table import read_table
    from ..analysis.spp import is_spp
    from ..errors import InputError
    from ..pipeline.priming_stage import priming

    path = Path(request.judgments).expanduser()
    if found.table.judgments != path.stem or not path.is_file() or not is_spp(read_table(path)):
        return {}
    try:
        shown = priming([request], progress=progress)
    except InputError as error:
        return {"priming": None, "priming_note": str(error)}
    return {
        "priming": {
            "targets": len(shown.targets),
            "targets_left_out": shown.targets_left_out,
            "bars": [asdict(bar) for bar in shown.bars[0]],
            "mixed_model": None if shown.mixed is None else asdict(shown.mixed),
        },
        "priming_note": shown.why_not,
    }


def _content(found: Aligned) -> dict[str, Any]:
    from dataclasses import asdict

    table = found.table
    return {
        "judgments": table.judgments,
        "split": table.split,
        "pairs": len(table.human),
        "pairs_missing": found.measures[0].pairs_missing,
        "measures": _rows(found.measures),
        "baselines": _rows(found.baselines),
        "kinds": _rows(found.kinds),
        "layers": _rows(found.layers),
        "comparisons": [asdict(comparison) for comparison in found.comparisons],
        "human_ceiling": None if found.ceiling is None else asdict(found.ceiling),
        "disagreements": [asdict(pair) for pair in table.disagreements(found.main, DISAGREEMENTS)],
        "missing_words": [{"word": word, "pairs": pairs} for word, pairs in table.missing],
        "ambiguous_words": list(table.ambiguous),
        "notes": list(found.notes),
        "about": found.about,
    }


def _rows(rows: tuple[Alignment, ...]) -> list[dict[str, Any]]:
    from dataclasses import asdict

    return [asdict(row) for row in rows]

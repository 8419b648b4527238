"""Priming: the Semantic Priming Project's targets with a strong, a weak and an unrelated partner."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...analysis.mixed_model import MixedModel, fit_mixed_model
from ...analysis.spp import BINS, SppBar, SppTarget, overlap_by_bin, read_spp, sample_targets
from ...errors import InputError
from ...run import Run
from ..finding.scored import scored
from .alignment import AlignRequest
from .similarity import matrices_of


@dataclass(frozen=True, eq=False)
class Priming:
    """Overlap of experts by level of similarity."""

    models: tuple[str, ...]
    """Label of each model, in the order asked for."""
    targets: tuple[SppTarget, ...]
    """Targets whose four words are concepts of every model's library; the same for all models."""
    targets_left_out: int
    """Targets of the file that a missing word (or the limit of 100) leaves out."""
    bars: tuple[tuple[SppBar, ...], ...]
    """`[models]` mean Jaccard at the first tau in each bin, with its interval."""
    mixed: MixedModel | None
    """Fixed effects of overlap ~ model + similarity; None where it cannot be fitted."""
    why_not: str
    """One sentence where there is no mixed model, else empty."""
    about: tuple[dict[str, Any], ...]
    """`[models]` model, library, recipe and versions."""


def priming(requests: Sequence[AlignRequest], run: Run) -> Priming:
    """Bars by bin for one or several models, and the mixed model over them.

    Each request names a model; the first also the table (its `judgments` is a path), tau, resamples and seed.

    Raises InputError for no model, no such table, or no target with all its words among the concepts.
    Source: docs/method.md, section 6; paper appendix C.
    """
    if not requests:
        raise InputError("no model to compare: expected at least one")
    first = requests[0]
    every = read_spp(first.judgments)
    found = [scored(request.find, run) for request in requests]
    matrices = [
        matrices_of(each, ("jaccard",), first.taus[:1], without_token_only=request.without_token_only)[0]
        for request, each in zip(requests, found)
    ]
    labels = [each.label for each in found]
    if len(set(labels)) < len(labels):
        raise InputError(f"{labels[0]} stands in the comparison twice: choose another model or revision")
    shared = set(matrices[0].concepts).intersection(*(matrix.concepts for matrix in matrices))
    targets = sample_targets(every, shared, seed=first.seed)
    if not targets:
        raise InputError(
            f"none of the {len(every):,} targets of {first.judgments} has all its words among the {len(shared)} "
            f"concepts: add concepts such as {every[0].target}, {every[0].strong}, {every[0].weak} and "
            f"{every[0].unrelated}"
        )
    rows = [
        (matrix.between(target.target, partner), label, level, target.target, partner)
        for label, matrix in zip(labels, matrices)
        for level in BINS
        for target in targets
        for partner in (target.partner(level),)
    ]
    overlaps, models, levels, firsts, seconds = zip(*rows)
    mixed, why_not = None, ""
    try:
        mixed = fit_mixed_model(np.array(overlaps), models, levels, firsts, seconds, models=labels)
    except InputError as error:
        why_not = str(error)
    left_out, about = len(every) - len(targets), tuple(each.about for each in found)
    bars = tuple(overlap_by_bin(targets, m, resamples=first.resamples, seed=first.seed) for m in matrices)
    return Priming(tuple(labels), targets, left_out, bars, mixed, why_not, about)

"""The pair view: what one edge of the concept map rests on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..analysis.domain import domain_of_each
from ..analysis.pair import PairEvidence
from ..artefacts import ArtefactKey, Artefacts
from ..concepts import Library
from ..errors import InputError
from ..models.units import Units
from .domain_request import DomainRequest
from .request import Cancelled, Progress
from .scored import Scored, scored, unit_mask
from .session import Load

if TYPE_CHECKING:
    from ..analysis.overlap import Overlap
    from ..models.language_model import LanguageModel

VERSION = 1


@dataclass(frozen=True, eq=False)
class PairView:
    """Two concepts side by side."""

    first: str
    second: str
    evidence: PairEvidence
    """Set sizes, shared units (best first), shared units by layer and kind, histograms of AP."""
    expected: float
    """Shared experts that chance within each module would give."""
    ratio: float
    """Observed / expected; NaN where nothing is expected."""
    rank: int
    """1 + the number of other unrelated pairs that share at least as much beyond chance."""
    unrelated: int
    """How many unrelated pairs there are to rank among."""
    units: Units
    """The table of units, for their names."""
    about: dict[str, Any]


def pair_view(
    request: DomainRequest,
    first: str,
    second: str,
    *,
    library: Library | None = None,
    model: LanguageModel | None = None,
    artefacts: Artefacts | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
    load: Load | None = None,
    complete: bool = True,
) -> PairView:
    """The evidence of one pair of concepts, and how its overlap ranks among unrelated pairs.

    Pairs of two different domains count as unrelated; in a library without domains every pair does.

    Args:
        request: tau and units, as for `concept_map`; its draws and seed are not looked at.
        first, second: keys of the concepts.
        library, model, artefacts, progress, cancelled, load, complete: as for `concept_map`.

    Raises:
        InputError: as `find`, or a concept that is not among those compared.
    """
    found = scored(
        request.find, library=library, model=model, artefacts=artefacts,
        progress=progress, cancelled=cancelled, load=load, complete=complete,
    )  # fmt: skip
    return pair_of(found, first, second, request.tau, without_token_only=request.without_token_only)


def pair_of(
    found: Scored, first: str, second: str, tau: float = 0.5, *, without_token_only: bool = False
) -> PairView:
    """The evidence of one pair of a scored library.

    Raises:
        InputError: for a concept that is not among those compared, or a tau outside [0, 1).
    """
    for key in (first, second):
        if key not in found.concepts:
            raise InputError(
                f"no concept {key!r} among the {len(found.concepts)} compared: choose one of them, or find its "
                "experts first"
            )
    from ..analysis.pair import pair_evidence

    mask = unit_mask(found.units, without_token_only=without_token_only)
    evidence = pair_evidence(
        np.asarray(found.ap.concept(first)),
        np.asarray(found.ap.concept(second)),
        found.units,
        tau,
        unit_mask=mask,
    )
    table = overlap_of(found, tau, without_token_only=without_token_only)
    row, column = found.concepts.index(first), found.concepts.index(second)
    rank, unrelated = table.rank(first, second)
    return PairView(
        first,
        second,
        evidence,
        float(table.expected[row, column]),
        float(table.ratio[row, column]),
        rank,
        unrelated,
        found.units,
        found.about,
    )


def overlap_of(found: Scored, tau: float = 0.5, *, without_token_only: bool = False) -> Overlap:
    """Overlap of all pairs of a scored library, kept: a second click costs nothing."""
    from ..analysis.overlap import Overlap, overlap

    named = domain_of_each(found.plan.library)
    known = {key: named[key] for key in found.concepts if key in named}
    fields: dict[str, Any] = {
        "results": found.digest,
        "tau": tau,
        "without token-only": without_token_only,
        "domains": repr(sorted(known.items())),
    }
    label = f"overlap > {tau:g}, {found.plan.library.name} in {found.record.name}"

    def compute() -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        made = overlap(
            found.ap.values,
            found.concepts,
            found.units,
            tau,
            domains=known if len(set(known.values())) > 1 else None,
            unit_mask=unit_mask(found.units, without_token_only=without_token_only),
        )
        return {"observed": made.observed, "expected": made.expected, "unrelated": made.unrelated}, {}

    arrays = found.artefacts.computed(
        ArtefactKey("overlap", VERSION, fields, "derived", label), compute
    ).arrays
    return Overlap(found.concepts, tau, arrays["observed"], arrays["expected"], arrays["unrelated"])

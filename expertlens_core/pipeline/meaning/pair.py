"""The pair view: what one edge of the concept map rests on."""

from dataclasses import dataclass
from typing import Any

from ...analysis.domain import domain_of_each
from ...analysis.overlap import Overlap, overlap
from ...analysis.pair import PairEvidence, pair_evidence
from ...models.units import Units
from ...run import Run
from ..finding.scored import Scored, scored
from .domains import DomainRequest

VERSION = 2


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


def pair_view(asked: DomainRequest, first: str, second: str, run: Run) -> PairView:
    """The evidence of one pair of concepts, and how its overlap ranks among unrelated pairs.

    Pairs of two different domains count as unrelated; in a library without domains every pair does.

    Raises InputError as `find`, or for a concept that is not among those compared.
    """
    found = scored(asked.find, run)
    mask = found.mask(asked.without_token_only)
    evidence = pair_evidence(found.of(first), found.of(second), found.units, asked.tau, unit_mask=mask)
    table = overlap_of(found, asked)
    place = found.concepts.index(first), found.concepts.index(second)
    rank, unrelated = table.rank(first, second)
    expected, ratio = float(table.expected[place]), float(table.ratio[place])
    return PairView(first, second, evidence, expected, ratio, rank, unrelated, found.units, found.about)


def overlaps(asked: DomainRequest, run: Run) -> Overlap:
    """Overlap of all pairs of a library's concepts."""
    return overlap_of(scored(asked.find, run), asked)


def overlap_of(found: Scored, asked: DomainRequest) -> Overlap:
    """Overlap of all pairs of a scored library, kept: a second click costs nothing."""
    named = domain_of_each(found.plan.library)
    known = {key: named[key] for key in found.concepts if key in named}

    def make() -> Overlap:
        several = known if len(set(known.values())) > 1 else None
        mask = found.mask(asked.without_token_only)
        return overlap(found.ap, found.concepts, found.units, asked.tau, domains=several, unit_mask=mask)

    fields: dict[str, Any] = {"tau": asked.tau, "without token-only": asked.without_token_only}
    fields["domains"] = repr(sorted(known.items()))
    return found.run.kept(Overlap, found.key("overlap", VERSION, f"overlap > {asked.tau:g}", fields), make)

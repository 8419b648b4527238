"""What the Concept map draws from: the results that are there, and everything asked of them since."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from expertlens_core import figures
from expertlens_core.analysis.similarity_matrix import SimilarityMatrix
from expertlens_core.pipeline import (
    ConceptMap,
    DomainRequest,
    Domains,
    PairView,
    Plan,
    Scored,
    SimilarityRequest,
    pair_view,
    scored,
)
from pages.parts.map.settings import Settings
from pages.shared.services import services
from pages.shared.waiting import wait_for

AT_ONCE = 60_000_000
"""Concepts x units that are compared within a page run: 50 concepts of Pythia-1b are a quarter of it."""
PLACED_AT_ONCE = 200
"""Concepts whose places are found within a page run."""
GROUPED_AT_ONCE = 60
"""Concepts whose communities are found within a page run."""
FEWEST = 3
"""Concepts that make a map."""


@dataclass(frozen=True, eq=False)
class MapResults:
    """The results of one library in one model. What is None is computed by a job, which is drawn."""

    found: Scored
    drawn: ConceptMap
    """Places of the concepts, their domains, and which are broader."""

    @property
    def concepts(self) -> tuple[str, ...]:
        """Keys of the concepts with a result."""
        return self.found.concepts

    @property
    def unequal(self) -> bool:
        """Whether the concepts' shares of positive sentences differ, so that their AP is not alike."""
        return bool(np.ptp(self.found.prevalences) > 0.01)

    @property
    def small(self) -> bool:
        """Whether comparing all concepts is a matter of a moment."""
        return len(self.concepts) * self.found.units.count <= AT_ONCE

    def lines(self, settings: Settings, note: str = "") -> tuple[str, ...]:
        """Where a figure comes from: model, library, recipe, tau and versions."""
        notes = ", ".join(filter(None, (note, "without token-only modules" * settings.outside)))
        tau = settings.tau if settings.measure == "jaccard" else None
        return figures.caption(self.found.about, tau=tau, note=notes)

    def matrix(self, settings: Settings) -> SimilarityMatrix | None:
        """All pairs by the chosen measure."""
        asked = SimilarityRequest(
            self.found.plan.request,
            measures=(settings.measure,),
            taus=(settings.tau,) if settings.measure == "jaccard" else (),
            without_token_only=settings.outside,
        )
        made = self._wait("similarity", asked, f"compare concepts by {settings.measure}", self.small)
        return None if made is None else made.matrices[0]

    def communities(self, settings: Settings) -> tuple[int, ...] | None:
        """Number of each concept's community."""
        what, at_once = f"communities above {settings.tau:.2f}", len(self.concepts) <= GROUPED_AT_ONCE
        made = self._wait("communities", self._ask(settings), what, at_once)
        return None if made is None else tuple(made.values())

    def pair(self, first: str, second: str, settings: Settings) -> PairView | None:
        """The evidence of a pair."""
        asked = self._ask(settings)
        if self._wait("overlap", asked, f"overlap above {settings.tau:.2f}", self.small) is None:
            return None
        return pair_view(asked, first, second, self.found.run)

    def domains(self, settings: Settings) -> Domains | None:
        """Domain statistics.

        Raises:
            InputError: for a library without a domain of two concepts.
        """
        what = f"domains above {settings.tau:.2f}"
        made: Domains | None = self._wait("domains", self._ask(settings), what, False)
        return made

    def _ask(self, settings: Settings) -> DomainRequest:
        return DomainRequest(self.found.plan.request, tau=settings.tau, without_token_only=settings.outside)

    def _wait(self, name: str, asked: Any, what: str, at_once: bool) -> Any:
        return wait_for(
            name, asked, f"{what}: {self.found.name}", about=self.found.plan.results, at_once=at_once
        )


def map_results(plan: Plan) -> MapResults | None:
    """What to draw from; None where a job is at it, which is then drawn."""
    count = len(plan.finished)
    if plan.record is None or count < FEWEST:
        return None
    at_once = count <= PLACED_AT_ONCE and count * plan.record.units.count <= AT_ONCE
    asked, title = DomainRequest(plan.request), f"concept map of {plan.library.name}"
    drawn = wait_for("map", asked, title, about=plan.results, at_once=at_once)
    if drawn is None:
        return None
    return MapResults(scored(plan.request, services().run(library=plan.library)), drawn)

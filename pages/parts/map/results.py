"""The settings that move the map, and what it draws from: the results that are there, and all asked of them since."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import streamlit as st

from expertlens_core import figures
from expertlens_core.analysis.similarity_matrix import DIVERGENCES, Measure, SimilarityMatrix
from expertlens_core.experts import DEFAULT_TAU
from expertlens_core.pipeline import (
    ConceptMap,
    DomainRequest,
    Domains,
    PairView,
    Scored,
    SimilarityRequest,
    pair_view,
)
from pages.shared import view
from pages.shared.choices.map import COLOUR, COLOURS, EDGES, MEASURE, MEASURES, THRESHOLD
from pages.shared.glossary import words
from pages.shared.selection import OUTSIDE, TAU
from pages.shared.view import bound
from pages.shared.waiting import wait_for

_MEASURES_HELP = (
    "What makes two concepts alike. Jaccard compares expert sets: shared experts / all experts of either. The others "
    "compare the AP of every unit and know no tau; KL is a divergence: small means alike."
)
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
    tau: float = DEFAULT_TAU
    outside: bool = False
    """Without token-only modules."""
    measure: Measure = "jaccard"
    colour: str = "domain"

    @property
    def concepts(self) -> tuple[str, ...]:
        return self.found.concepts

    @property
    def unequal(self) -> bool:
        """Whether the concepts' shares of positive sentences differ, so that their AP is not alike."""
        return bool(np.ptp(self.found.prevalences) > 0.01)

    @property
    def small(self) -> bool:
        """Whether comparing all concepts is a matter of a moment."""
        return len(self.concepts) * self.found.units.count <= AT_ONCE

    def lines(self, note: str = "") -> tuple[str, ...]:
        """Where a figure comes from: model, library, recipe, tau and versions."""
        notes = ", ".join(filter(None, (note, "without token-only modules" * self.outside)))
        tau = self.tau if self.measure == "jaccard" else None
        return figures.caption(self.found.about, tau=tau, note=notes)

    def matrix(self) -> SimilarityMatrix | None:
        asked = SimilarityRequest(
            self.found.plan.request,
            measures=(self.measure,),
            taus=(self.tau,) if self.measure == "jaccard" else (),
            without_token_only=self.outside,
        )
        made = self._wait("similarity", asked, f"compare concepts by {self.measure}", self.small)
        return None if made is None else made.matrices[0]

    def communities(self) -> tuple[int, ...] | None:
        """Number of each concept's community."""
        what, at_once = f"communities above {self.tau:.2f}", len(self.concepts) <= GROUPED_AT_ONCE
        made = self._wait("communities", self._ask(), what, at_once)
        return None if made is None else tuple(made.values())

    def pair(self, first: str, second: str) -> PairView | None:
        asked = self._ask()
        if self._wait("overlap", asked, f"overlap above {self.tau:.2f}", self.small) is None:
            return None
        return pair_view(asked, first, second, self.found.run)

    def domains(self) -> Domains | None:
        """Domain statistics.

        Raises:
            InputError: for a library without a domain of two concepts.
        """
        what = f"domains above {self.tau:.2f}"
        made: Domains | None = self._wait("domains", self._ask(), what, False)
        return made

    def _ask(self) -> DomainRequest:
        return DomainRequest(self.found.plan.request, tau=self.tau, without_token_only=self.outside)

    def _wait(self, name: str, asked: Any, what: str, at_once: bool) -> Any:
        return wait_for(
            name, asked, f"{what}: {self.found.name}", about=self.found.plan.results, at_once=at_once
        )


def draw_settings(results: MapResults, *, measure: bool = False, edges: bool = False) -> MapResults:
    """Widgets in one row, and a second for edges; the results as they are now chosen."""
    by: Measure = view.get(MEASURE) if measure else "jaccard"
    left, right = st.columns([3, 2], gap="small", vertical_alignment="bottom")
    left.slider("tau", 0.05, 0.99, step=0.01, help=words("tau"), **bound(TAU), disabled=by != "jaccard")
    with right, st.container(horizontal=True, gap="small", vertical_alignment="bottom"):
        if measure:
            named = MEASURES.__getitem__
            st.selectbox("Measure", list(MEASURES), format_func=named, help=_MEASURES_HELP, **bound(MEASURE))
        st.toggle("Without token-only", help=words("token-only") + " This leaves them out.", **bound(OUTSIDE))
    if edges:
        _edges("below" if by in DIVERGENCES else "above")
    tau, outside = round(view.get(TAU), 2), bool(view.get(OUTSIDE))
    return replace(results, tau=tau, outside=outside, measure=by, colour=view.get(COLOUR))


def _edges(alike: str) -> None:
    one, two, three = st.columns([3, 3, 2], gap="small", vertical_alignment="bottom")
    with one:
        told = (
            "How many edges are drawn: the strongest pairs of the whole map, so many per concept on average."
        )
        strongest = "Strongest edges, per concept"
        st.slider(strongest, 0.0, 10.0, step=0.5, help=told, format="%g", **bound(EDGES))
    with two:
        told = f"Leaves out pairs whose value does not lie {alike} this; at 0 none is left out."
        st.slider(f"Only pairs {alike}", 0.0, 1.0, step=0.01, help=told, **bound(THRESHOLD))
    with three:
        told = (
            "Domains are what people gave; communities are what the overlaps alone form (Louvain's method)."
        )
        view.segments("Colours", COLOURS, COLOUR, help=told)

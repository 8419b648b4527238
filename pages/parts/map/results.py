"""What the Concept map draws from: the results that are there, read once, and every matrix asked for since."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
import streamlit as st

from expertlens_core.analysis.communities import communities
from expertlens_core.analysis.similarity import similarities
from expertlens_core.analysis.similarity_matrix import SimilarityMatrix
from expertlens_core.artefacts import digest_of
from expertlens_core.pipeline import ConceptMap, DomainRequest, Domains, PairView, Plan, concept_map, domains
from expertlens_core.pipeline.finding.scored import Scored, scored, unit_mask
from expertlens_core.pipeline.meaning.domains import communities_key
from expertlens_core.pipeline.meaning.pair import pair_of
from expertlens_core.pipeline.meaning.similarity import matrices_of
from pages.shared.jobs import job_id
from pages.shared.services import services
from pages.shared.waiting import follow

AT_ONCE = 60_000_000
"""Concepts x units that are compared within a page run: 50 concepts of Pythia-1b are a quarter of it."""
PLACED_AT_ONCE = 200
"""Concepts whose places are found within a page run."""
GROUPED_AT_ONCE = 60
"""Concepts whose communities are found within a page run."""
KEPT = 4
MATRICES = 48
FEWEST = 3
"""Concepts that make a map."""


@dataclass(eq=False)
class MapResults:
    """The results of one library in one model, as they stood when the map was opened."""

    found: Scored
    drawn: ConceptMap
    """Places of the concepts, their domains, and which are broader."""
    _matrices: OrderedDict[tuple[str, float, bool], SimilarityMatrix] = field(default_factory=OrderedDict)
    _groups: dict[tuple[float, bool], tuple[int, ...]] = field(default_factory=dict)
    _pairs: OrderedDict[tuple[str, str, float, bool], PairView] = field(default_factory=OrderedDict)
    _domains: dict[tuple[float, bool], Domains] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def concepts(self) -> tuple[str, ...]:
        """Keys of the concepts with a result."""
        return self.found.concepts

    @property
    def small(self) -> bool:
        """Whether comparing all concepts is a matter of a moment."""
        return len(self.concepts) * self.found.units.count <= AT_ONCE

    def matrix(self, measure: str, tau: float, outside: bool) -> SimilarityMatrix | None:
        """All pairs by a measure; None where a job is at it, which is then drawn."""
        key = (measure, tau if measure == "jaccard" else 0.0, outside)
        made = self._matrices.get(key)
        if made is None:
            if measure == "jaccard" and self.small:
                mask = unit_mask(self.found.units, without_token_only=outside)
                (made,) = similarities(
                    self.found.ap.values, self.concepts, measures=("jaccard",), taus=(tau,), unit_mask=mask
                )
            else:
                asked = {"measure": measure, "tau": key[1], "outside": outside}
                if not self.small and not _done("compare concepts", self.found, asked, f"by {measure}"):
                    return None
                (made,) = matrices_of(self.found, (measure,), (tau,), without_token_only=outside)
        self._keep(self._matrices, key, made, MATRICES)
        return made

    def communities(self, tau: float, outside: bool) -> tuple[int, ...] | None:
        """Number of each concept's community; None where a job is at it, which is then drawn."""
        kept = self._groups.get((tau, outside))
        if kept is None:
            file = services().artefacts.get(communities_key(self.found, tau, outside), mapped=False)
            if file is not None:
                kept = tuple(int(number) for number in file.arrays["communities"])
            elif len(self.concepts) <= GROUPED_AT_ONCE:
                matrix = self.matrix("jaccard", tau, outside)
                kept = None if matrix is None else communities(matrix)
            else:
                _done("communities", self.found, {"tau": tau, "outside": outside}, f"above {tau:.2f}")
            if kept is not None:
                self._groups[tau, outside] = kept
        return kept

    def pair(self, first: str, second: str, tau: float, outside: bool) -> PairView | None:
        """The evidence of a pair; None where a job is at it, which is then drawn."""
        key = (first, second, tau, outside)
        made = self._pairs.get(key)
        if made is None:
            if not self.small and not _done(
                "overlap", self.found, {"tau": tau, "outside": outside}, f"above {tau:.2f}"
            ):
                return None
            made = pair_of(self.found, first, second, tau, without_token_only=outside)
        self._keep(self._pairs, key, made, MATRICES)
        return made

    def domains(self, tau: float, outside: bool) -> Domains | None:
        """Domain statistics; None where a job is at it, which is then drawn.

        Raises:
            InputError: for a library without a domain of two concepts.
        """
        kept = self._domains.get((tau, outside))
        if kept is None and _done(
            "domains", self.found, {"tau": tau, "outside": outside}, f"above {tau:.2f}"
        ):
            plan = self.found.plan
            wanted = DomainRequest(find=plan.request, tau=tau, without_token_only=outside)
            kept = domains(wanted, library=plan.library, artefacts=services().artefacts, complete=False)
            self._domains[tau, outside] = kept
        return kept

    def _keep(self, table: OrderedDict[Any, Any], key: Any, value: Any, most: int) -> None:
        with self._lock:
            table[key] = value
            table.move_to_end(key)
            while len(table) > most:
                table.popitem(last=False)


def map_results(plan: Plan) -> MapResults | None:
    """What to draw from; None where a job is at it, which is then drawn."""
    there = plan.finished
    if plan.record is None or len(there) < FEWEST:
        return None
    digest = digest_of([[key, plan.keys[key].digest] for key in there])
    memory = _memory()
    kept = memory.get(digest)
    if kept is None:
        large = len(there) > PLACED_AT_ONCE or len(there) * plan.record.units.count > AT_ONCE
        asked = {"find": plan.request.to_json(), "results": digest}
        if large and not _wait("concept map", asked, f"concept map of {plan.library.name}"):
            return None
        artefacts = services().artefacts
        found = scored(plan.request, library=plan.library, artefacts=artefacts, complete=False)
        drawn = concept_map(
            DomainRequest(find=plan.request), library=plan.library, artefacts=artefacts, complete=False
        )
        kept = MapResults(found, drawn)
        memory.put(digest, kept)
    return kept


def unequal(results: MapResults) -> bool:
    """Whether the concepts' shares of positive sentences differ, so that their AP is not alike."""
    return bool(np.ptp(results.found.prevalences) > 0.01)


def _done(kind: str, found: Scored, asked: dict[str, Any], what: str) -> bool:
    request = {"find": found.plan.request.to_json(), "results": found.digest, **asked}
    return _wait(kind, request, f"{kind} {what}: {found.plan.library.name} in {found.record.name}")


def _wait(kind: str, request: dict[str, Any], title: str) -> bool:
    """Whether a job has done its work; else it is started and followed."""
    jobs = services().jobs
    name = job_id(kind, request)
    job = jobs.get(name)
    if job is None:
        job = jobs.submit(kind, request, title, quick=True, key=name)
    if job.state == "done":
        return True
    follow(name)
    return False


class MapMemory:
    """The last few results, by digest of what they hold."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, MapResults] = OrderedDict()

    def get(self, digest: str) -> MapResults | None:
        """Results by digest."""
        with self._lock:
            kept = self._kept.get(digest)
            if kept is not None:
                self._kept.move_to_end(digest)
            return kept

    def put(self, digest: str, results: MapResults) -> None:
        """Keep results."""
        with self._lock:
            self._kept[digest] = results
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)


_make = cast("Callable[[], MapMemory]", st.cache_resource(show_spinner=False)(MapMemory))


def _memory() -> MapMemory:
    return _make()

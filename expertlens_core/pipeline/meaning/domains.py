"""Domains: the map of a library's concepts, and what its domains share beyond chance, the cache first."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ...analysis.concept_graph import (
    communities,
    concept_graph,
    concept_places,
    domain_agreement,
    same_domain_auroc,
)
from ...analysis.domain import domain_of_each, domains_of
from ...analysis.domain_statistics import DomainStatistics, domain_statistics
from ...analysis.similarity_matrix import SimilarityMatrix
from ...artefacts import ArtefactKey
from ...request import Field, Request, Tau, request
from ...run import Run
from ..finding.request import FindRequest
from ..finding.scored import Scored, scored
from .similarity import matrices_of

if TYPE_CHECKING:
    import networkx as nx

VERSION = 2
LAYOUT_RULE = 2
"""Raised when the layout puts nodes elsewhere."""


@request
class DomainRequest(Request):
    """The domains of a library in a model (docs/method.md, section 7)."""

    find: FindRequest = FindRequest()
    """How the experts are found; its names are the concepts to compare."""
    tau: Tau = 0.5
    """AP above which a unit is an expert."""
    draws: int = Field(default=1000, ge=1)
    """Random groups per domain."""
    without_token_only: bool = False
    """Leave out modules that see only the current token's embedding."""
    layout_tau: Tau = 0.5
    """Threshold of the map's layout, apart from tau: so nodes stay where they are as tau moves."""
    seed: int = 0
    """Of draws, communities and layout."""


@dataclass(frozen=True, eq=False)
class ConceptMap:
    """What the concept map draws."""

    matrix: SimilarityMatrix
    """Jaccard at the request's tau."""
    domains: dict[str, str]
    """Concept → domain; concepts without one are absent."""
    broader: tuple[str, ...]
    """Keys of the broader concepts."""
    positions: dict[str, tuple[float, float]]
    """Concept → its place in the square [-1, 1] x [-1, 1]. For two models side by side use those of one."""
    missing: tuple[str, ...]
    """Keys of requested concepts whose experts are not found yet."""
    about: dict[str, Any]
    """Model, library, recipe and versions."""

    def graph(self, *, threshold: float | None = None, top_edges: int | None = None) -> nx.Graph:
        """The graph of the pairs above `threshold`, at most `top_edges` of them (see `concept_graph`)."""
        return concept_graph(
            self.matrix, threshold=threshold, top_edges=top_edges, domains=self.domains, broader=self.broader
        )


@dataclass(frozen=True, eq=False)
class Domains:
    """What the domains of a library share."""

    statistics: DomainStatistics
    """Per domain and in the mean: percent in domain and with the broader concept, baseline, p."""
    communities: dict[str, int]
    """Concept → number of the community that the similarities alone put it in."""
    ari: float
    """Adjusted Rand index of communities against domains, over the concepts with a domain."""
    auroc: float
    """Chance that a pair of one domain is more alike than a pair of two; 0.5 tells nothing."""
    missing: tuple[str, ...]
    """Keys of requested concepts whose experts are not found yet."""
    about: dict[str, Any]
    """Model, library, recipe and versions."""


@dataclass(frozen=True, eq=False)
class _Kept:
    statistics: DomainStatistics
    communities: tuple[int, ...]
    ari: float
    auroc: float


def concept_map(asked: DomainRequest, run: Run) -> ConceptMap:
    """The map of a library's concepts; another tau costs one matrix, and moves no node."""
    found = scored(asked.find, run)
    matrix, for_layout = (_matrix(found, asked, tau) for tau in (asked.tau, asked.layout_tau))

    key = _key(found, asked, "layout", 1, tau=asked.layout_tau, rule=LAYOUT_RULE)
    places = run.kept_file(key, lambda: ({"places": concept_places(for_layout, asked.seed)}, {})).arrays[
        "places"
    ]
    positions = {key: (float(x), float(y)) for key, (x, y) in zip(found.concepts, places)}
    library = found.plan.library
    broader = tuple(domain.broader for domain in domains_of(library) if domain.broader is not None)
    return ConceptMap(matrix, domain_of_each(library), broader, positions, found.plan.missing, found.about)


def domains(asked: DomainRequest, run: Run) -> Domains:
    """Domain statistics with their random groups, and the communities against the domains.

    Raises InputError as `find`, or for a library without a domain of two concepts.
    """
    found = scored(asked.find, run)
    library = found.plan.library
    named = domain_of_each(library)

    def make() -> _Kept:
        matrix = _matrix(found, asked, asked.tau)
        run.progress(0, 0, "drawing random groups")
        statistics = domain_statistics(
            found.ap, found.concepts, domains_of(library), asked.tau, draws=asked.draws, seed=asked.seed,
            unit_mask=found.mask(asked.without_token_only),
        )  # fmt: skip
        numbers = tuple(communities(matrix, seed=asked.seed))
        ari = domain_agreement(numbers, found.concepts, named)
        return _Kept(statistics, numbers, ari, same_domain_auroc(matrix, named))

    kept = run.kept(_Kept, _key(found, asked, "domains", VERSION, tau=asked.tau, draws=asked.draws), make)
    numbers = dict(zip(found.concepts, kept.communities))
    return Domains(kept.statistics, numbers, kept.ari, kept.auroc, found.plan.missing, found.about)


def communities_of(asked: DomainRequest, run: Run) -> dict[str, int]:
    """Concept → number of its community: the groups that the Jaccard indices at a tau form."""
    found = scored(asked.find, run)

    def make() -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        matrix = _matrix(found, asked, asked.tau)
        return {"communities": np.array(communities(matrix, seed=asked.seed), dtype=np.int64)}, {}

    fields = {"tau": asked.tau, "without token-only": asked.without_token_only, "seed": asked.seed}
    key = found.key("communities", 1, f"communities > {asked.tau:g}", fields)
    numbers = run.kept_file(key, make).arrays["communities"]
    return {key: int(number) for key, number in zip(found.concepts, numbers)}


def _matrix(found: Scored, asked: DomainRequest, tau: float) -> SimilarityMatrix:
    return matrices_of(found, ("jaccard",), (tau,), without_token_only=asked.without_token_only)[0]


def _key(found: Scored, asked: DomainRequest, stage: str, version: int, **options: Any) -> ArtefactKey:
    library = found.plan.library
    named = domain_of_each(library)
    fields: dict[str, Any] = {
        "domains": json.dumps([named.get(key, "") for key in found.concepts], ensure_ascii=False),
        "broader": json.dumps([domain.broader for domain in domains_of(library)]),
        "without token-only": asked.without_token_only,
        "seed": asked.seed,
        **options,
    }
    return found.key(stage, version, stage, fields)

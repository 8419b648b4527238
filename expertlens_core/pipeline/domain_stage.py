"""Domains: the map of a library's concepts, and what its domains share beyond chance, the cache first."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..analysis.domain import domain_of_each, domains_of
from ..analysis.similarity_matrix import SimilarityMatrix
from ..artefacts import ArrayFile, ArtefactKey, Artefacts
from ..artefacts.store import Computed
from ..concepts import Library
from .domain_request import DomainRequest
from .request import Cancelled, Progress
from .scored import Scored, scored, unit_mask
from .session import Load
from .similarity_stage import matrices_of

if TYPE_CHECKING:
    import networkx as nx

    from ..analysis.domain_statistics import DomainRow, DomainStatistics
    from ..models.language_model import LanguageModel

VERSION = 1
LAYOUT_RULE = 2
"""Raised when the layout puts nodes elsewhere."""


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
        from ..analysis.concept_graph import concept_graph

        return concept_graph(
            self.matrix,
            threshold=threshold,
            top_edges=top_edges,
            domains=self.domains,
            broader=self.broader,
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
    about: dict[str, Any]


def concept_map(
    request: DomainRequest,
    *,
    library: Library | None = None,
    model: LanguageModel | None = None,
    artefacts: Artefacts | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
    load: Load | None = None,
    complete: bool = True,
) -> ConceptMap:
    """The map of a library's concepts; another tau costs one matrix, and moves no node.

    Args:
        request: what to compare.
        library, model, artefacts, progress, cancelled, load: as for `find`.
        complete: False maps the concepts that the cache holds and loads no model.

    Raises:
        InputError: as `find`.
        Cancelled: when `cancelled` said so.
    """
    found = scored(
        request.find, library=library, model=model, artefacts=artefacts,
        progress=progress, cancelled=cancelled, load=load, complete=complete,
    )  # fmt: skip
    matrix, for_layout = (
        matrices_of(
            found, ("jaccard",), (tau,), without_token_only=request.without_token_only,
            progress=progress, cancelled=cancelled,
        )[0]
        for tau in (request.tau, request.layout_tau)
    )  # fmt: skip
    key = _key(found, request, "layout", tau=request.layout_tau, rule=LAYOUT_RULE)
    file = found.artefacts.computed(key, lambda: ({"places": _places(for_layout, request.seed)}, {}))
    places = {key: (float(x), float(y)) for key, (x, y) in zip(found.concepts, file.arrays["places"])}
    whole = found.plan.library
    named = tuple(domain.broader for domain in domains_of(whole) if domain.broader is not None)
    return ConceptMap(matrix, domain_of_each(whole), named, places, found.missing, found.about)


def domains(
    request: DomainRequest,
    *,
    library: Library | None = None,
    model: LanguageModel | None = None,
    artefacts: Artefacts | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
    load: Load | None = None,
    complete: bool = True,
) -> Domains:
    """Domain statistics with their random groups, and the communities against the domains.

    Args: as for `concept_map`.

    Raises:
        InputError: as `find`, or a library without a domain of two concepts.
        Cancelled: when `cancelled` said so.
    """
    found = scored(
        request.find, library=library, model=model, artefacts=artefacts,
        progress=progress, cancelled=cancelled, load=load, complete=complete,
    )  # fmt: skip
    (matrix,) = matrices_of(
        found, ("jaccard",), (request.tau,), without_token_only=request.without_token_only,
        progress=progress, cancelled=cancelled,
    )  # fmt: skip
    if progress is not None:
        progress(0, 0, "drawing random groups")
    key = _key(found, request, "domains", tau=request.tau, draws=request.draws)
    file = found.artefacts.computed(key, lambda: _computed(found, request, matrix), mapped=False)
    statistics, info = _statistics(file), json.loads(file.metadata["info"])
    numbers = {key: int(n) for key, n in zip(found.concepts, file.arrays["communities"])}
    return Domains(statistics, numbers, info["ari"], info["auroc"], found.missing, found.about)


def _places(matrix: SimilarityMatrix, seed: int) -> np.ndarray:
    from ..analysis.concept_layout import concept_places

    return concept_places(matrix, seed)


def _computed(found: Scored, request: DomainRequest, matrix: SimilarityMatrix) -> Computed:
    from ..analysis.communities import communities, domain_agreement, same_domain_auroc
    from ..analysis.domain_statistics import domain_statistics

    library = found.plan.library
    statistics = domain_statistics(
        found.ap.values,
        found.concepts,
        domains_of(library),
        request.tau,
        draws=request.draws,
        seed=request.seed,
        unit_mask=unit_mask(found.units, without_token_only=request.without_token_only),
    )
    numbers = communities(matrix, seed=request.seed)
    named = domain_of_each(library)
    rows = [*statistics.rows, statistics.mean]
    arrays = {
        "shares": np.array([[_numbers(share) for share in _shares(row)] for row in rows]),
        "counts": np.array([(row.core, row.union) for row in rows], dtype=np.int64),
        "communities": np.array(numbers, dtype=np.int64),
    }
    info = {
        "tau": statistics.tau,
        "names": [row.name for row in rows],
        "empty_cores": statistics.empty_cores,
        "left_out": list(statistics.left_out),
        "ari": domain_agreement(numbers, found.concepts, named),
        "auroc": same_domain_auroc(matrix, named),
    }
    return arrays, info


def _statistics(file: ArrayFile) -> DomainStatistics:
    from ..analysis.domain_statistics import DomainRow, DomainStatistics, Share

    info = json.loads(file.metadata["info"])
    rows: list[DomainRow] = []
    for name, (core, union), shares in zip(info["names"], file.arrays["counts"], file.arrays["shares"]):
        made = [Share(float(a), float(b), float(p), int(draws)) for a, b, p, draws in shares]
        rows.append(DomainRow(name, int(core), int(union), *made))
    return DomainStatistics(
        info["tau"], tuple(rows[:-1]), rows[-1], info["empty_cores"], tuple(info["left_out"])
    )


def _shares(row: DomainRow) -> tuple[Any, ...]:
    return row.in_domain, row.with_broader, row.with_broader_zero


def _numbers(share: Any) -> tuple[float, ...]:
    return share.percent, share.baseline, share.p, float(share.draws)


def _key(found: Scored, request: DomainRequest, stage: str, **options: Any) -> ArtefactKey:
    named = domain_of_each(found.plan.library)
    fields_ = {
        "results": found.digest,
        "domains": json.dumps([named.get(key, "") for key in found.concepts], ensure_ascii=False),
        "broader": json.dumps([domain.broader for domain in domains_of(found.plan.library)]),
        "without token-only": request.without_token_only,
        "seed": request.seed,
        **options,
    }
    label = f"{stage}, {found.plan.library.name} in {found.record.name}"
    return ArtefactKey(stage, VERSION, fields_, "derived", label)

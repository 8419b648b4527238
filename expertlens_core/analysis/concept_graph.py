"""The graph of a map: concepts as nodes, similarities as edges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..errors import InputError
from .similarity_matrix import SimilarityMatrix

if TYPE_CHECKING:
    import networkx as nx


def concept_graph(
    matrix: SimilarityMatrix,
    *,
    threshold: float | None = None,
    top_edges: int | None = None,
    domains: Mapping[str, str] | None = None,
    broader: Sequence[str] = (),
    communities: Sequence[int] | None = None,
) -> nx.Graph:
    """A networkx graph of the concepts.

    Nodes are the numbers 0, 1, ... (a concept's name may be any text, and ids end up in HTML) with the
    attributes ``concept``, ``domain``, ``broader`` and, where known, ``experts`` and ``community``. Edges
    carry ``value`` (the similarity) and ``weight`` (at least 0, large where alike).

    Kept are pairs strictly above the threshold (for a divergence: strictly below; None keeps positive
    similarities), at most `top_edges` of them, the most alike first. `domains` are by concept, `broader` keys
    of concepts, `communities` `[concepts]` numbers.
    """
    import networkx as nx

    if top_edges is not None and top_edges < 0:
        raise InputError(f"{top_edges} edges: expected 0 or more")
    graph = nx.Graph(measure=matrix.measure, tau="" if matrix.tau is None else matrix.tau)
    for number, concept in enumerate(matrix.concepts):
        domain = (domains or {}).get(concept, "")
        graph.add_node(number, concept=concept, domain=domain, broader=concept in broader)
        if matrix.set_sizes is not None:
            graph.nodes[number]["experts"] = int(matrix.set_sizes[number])
        if communities is not None:
            graph.nodes[number]["community"] = int(communities[number])
    first, second = np.triu_indices(len(matrix.concepts), 1)
    likeness = matrix.likeness[first, second]
    if matrix.is_divergence:
        least = -np.inf if threshold is None else -threshold
    else:
        least = 0.0 if threshold is None else threshold
    order = np.argsort(-likeness, kind="stable")
    for edge in order[likeness[order] > least][:top_edges]:
        value = float(matrix.values[first[edge], second[edge]])
        weight = float(np.exp(-value)) if matrix.is_divergence else max(value, 0.0)
        graph.add_edge(int(first[edge]), int(second[edge]), weight=weight, value=value)
    return graph

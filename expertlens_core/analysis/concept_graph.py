"""The domain graph: concepts as nodes, similarity as edges, with a layout that stays put."""

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

    Nodes are the numbers 0, 1, ... (a concept's name may be any text, and ids end up in HTML); their
    attributes: ``concept``, ``domain``, ``broader`` and, where known, ``experts`` and ``community``. Edges
    carry ``weight`` (at least 0, large where alike) and ``value`` (the similarity itself).

    Args:
        matrix: the similarities.
        threshold: keep pairs strictly above it (for a divergence: strictly below). None keeps the pairs of
            positive similarity.
        top_edges: keep at most so many, the most alike first; ties by library order.
        domains: concept → domain.
        broader: keys of the broader concepts.
        communities: `[concepts]` number of each concept's community.

    Raises:
        InputError: for a negative number of edges.
    """
    import networkx as nx

    if top_edges is not None and top_edges < 0:
        raise InputError(f"{top_edges} edges: expected 0 or more")
    graph = nx.Graph(measure=matrix.measure, tau="" if matrix.tau is None else matrix.tau)
    for number, concept in enumerate(matrix.concepts):
        graph.add_node(
            number,
            concept=concept,
            domain=(domains or {}).get(concept, ""),
            broader=concept in broader,
        )
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
    order = order[likeness[order] > least][:top_edges]
    for edge in order:
        value = float(matrix.values[first[edge], second[edge]])
        weight = float(np.exp(-value)) if matrix.is_divergence else max(value, 0.0)
        graph.add_edge(int(first[edge]), int(second[edge]), weight=weight, value=value)
    return graph


def layout(
    graph: nx.Graph, *, seed: int = 0, start: Mapping[int, Sequence[float]] | None = None
) -> dict[int, tuple[float, float]]:
    """Position of each node in the square [-1, 1] x [-1, 1], the same for the same graph and seed.

    Args:
        graph: of `concept_graph`.
        seed: of the starting positions.
        start: positions to start from, so that a moved slider moves nodes rather than shuffling them. For
            two models side by side, use one layout for both.
    """
    import networkx as nx

    if not graph:
        return {}
    given = {node: np.asarray(start[node]) for node in graph if start and node in start}
    # The force method at any size: networkx turns to another one at 500 nodes, and the map would jump.
    made = nx.spring_layout(
        graph,
        seed=seed,
        weight="weight",
        pos=given or None,
        iterations=50 if len(graph) < 300 else 30,
        k=1.2 / np.sqrt(len(graph)),
        method="force",
    )
    return {int(node): (float(place[0]), float(place[1])) for node, place in made.items()}

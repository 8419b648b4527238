"""Where the concepts of a map stand."""

from __future__ import annotations

import numpy as np

from .concept_graph import layout
from .layout_spread import spread
from .similarity_matrix import SimilarityMatrix

NEIGHBOURS = 4
"""Nearest concepts that a concept is pulled to."""


def concept_places(matrix: SimilarityMatrix, seed: int = 0) -> np.ndarray:
    """`[concepts, 2]` layout by each concept's nearest ones.

    All edges would pull everything into one heap, the strongest alone would leave the weakest concepts afloat.
    An edge pulls by its share of the strongest edge at its weaker end. The strongest edges that hold all
    concepts together (a maximum spanning tree) keep domains without a near neighbour from drifting off, and
    at the end nodes make room for each other, so that a dense domain does not shrink to a point.
    """
    import networkx as nx

    count = len(matrix.concepts)
    likeness = np.array(matrix.likeness, dtype=np.float64)
    np.fill_diagonal(likeness, -np.inf)
    graph = nx.Graph()
    graph.add_nodes_from(range(count))
    most = np.maximum(likeness.max(axis=1), 1e-12)
    for first in range(count):
        for second in np.argsort(-likeness[first], kind="stable")[:NEIGHBOURS]:
            value = likeness[first, second]
            if value > 0:
                graph.add_edge(first, int(second), weight=float(value / max(most[first], most[second])))
    for first, second in _spanning_tree(likeness):
        value = max(float(likeness[first, second]), 0.0)
        if not graph.has_edge(first, second):
            graph.add_edge(first, second, weight=max(value / max(most[first], most[second]), 0.05))
    made = layout(graph, seed=seed)
    return spread(np.array([made[number] for number in range(count)]))


def _spanning_tree(likeness: np.ndarray) -> list[tuple[int, int]]:
    """Edges of a maximum spanning tree, by Prim's algorithm; ties by number."""
    count = len(likeness)
    inside = np.zeros(count, dtype=bool)
    best, parent = np.full(count, -np.inf), np.zeros(count, dtype=np.int64)
    edges, new = [], 0
    for _ in range(count - 1):
        inside[new] = True
        nearer = likeness[new] > best
        best[nearer], parent[nearer] = likeness[new][nearer], new
        new = int(np.argmax(np.where(inside, -np.inf, np.maximum(best, -1e300))))
        edges.append((int(parent[new]), new))
    return edges

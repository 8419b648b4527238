"""What the similarities form: the graph of a map, where its concepts stand, and communities beside the domains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ..errors import InputError
from .ranks import auroc
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


NEIGHBOURS = 4
"""Nearest concepts that a concept is pulled to."""
ROOM = 1.1
"""Lets circles of diameter ROOM / sqrt(nodes) cover about a quarter of the square."""
ROUNDS = 120
"""In which nodes are pushed apart, at most."""


def concept_places(matrix: SimilarityMatrix, seed: int = 0) -> np.ndarray:
    """`[concepts, 2]` places in the square [-1, 1] x [-1, 1], by each concept's nearest ones.

    All edges would pull everything into one heap, the strongest alone would leave the weakest concepts
    afloat. An edge pulls by its share of the strongest edge at its weaker end. The strongest edges that hold
    all concepts together (a maximum spanning tree) keep domains without a near neighbour from drifting off,
    and at the end nodes make room for each other, so that a dense domain does not shrink to a point.
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
    # The force method at any size: networkx turns to another one at 500 nodes, and the map would jump.
    rounds = 50 if count < 300 else 30
    made = nx.spring_layout(graph, seed=seed, iterations=rounds, k=1.2 / np.sqrt(count), method="force")
    return spread(np.array([made[number] for number in range(count)]))


def spread(places: np.ndarray) -> np.ndarray:
    """`[nodes, 2]` places with room between the nodes, where forces pull a close group into one spot.

    Two nodes closer than d = ROOM / sqrt(nodes) each move half of what is missing, in rounds, until all have
    room; then the square is filled again. Nodes on one and the same spot part in directions given by their
    numbers.
    """
    count = len(places)
    made = np.array(places, dtype=np.float64)
    if count < 2:
        return made
    least = ROOM / np.sqrt(count)
    angles = 2.399963 * np.arange(count)  # the golden angle: no two directions are alike
    made += 1e-4 * least * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    for _ in range(ROUNDS):
        between = made[:, None, :] - made[None, :, :]
        distance = np.sqrt((between**2).sum(axis=2))
        np.fill_diagonal(distance, np.inf)
        missing = np.maximum(least - distance, 0.0)
        if missing.max() < 0.02 * least:
            break
        made += 0.5 * (between * (missing / np.maximum(distance, 1e-12))[:, :, None]).sum(axis=1)
    low, high = made.min(axis=0), made.max(axis=0)
    return 2.0 * (made - low) / np.maximum(high - low, 1e-12) - 1.0


def _spanning_tree(likeness: np.ndarray) -> list[tuple[int, int]]:
    """Edges of a maximum spanning tree, by Prim's algorithm with ties by number (unlike networkx)."""
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


def communities(matrix: SimilarityMatrix, *, seed: int = 0) -> tuple[int, ...]:
    """Number of the community of each concept, by Louvain's method (networkx) on the full weighted graph.

    Communities are numbered by their first concept. Only positive similarities carry weight; a divergence d
    weighs exp(-d). Source: Blondel et al. 2008.
    """
    import networkx as nx

    weights = np.exp(-matrix.values) if matrix.is_divergence else matrix.values
    graph = nx.Graph()
    graph.add_nodes_from(range(len(matrix.concepts)))
    for first, second in np.argwhere(np.triu(weights > 0, 1)).tolist():
        graph.add_edge(first, second, weight=float(weights[first, second]))
    found = nx.community.louvain_communities(graph, weight="weight", seed=seed)
    number = {member: label for label, members in enumerate(sorted(found, key=min)) for member in members}
    return tuple(number[node] for node in graph)


def adjusted_rand_index(first: Sequence[object], second: Sequence[object]) -> float:
    """Agreement of two partitions of the same things, corrected for chance; 1 where they are equal.

    With n_ij the contingency table: (sum C(n_ij, 2) - E) / (M - E), where E = sum C(a_i, 2) sum C(b_j, 2) /
    C(n, 2) and M = the mean of those two sums. Source: Hubert and Arabie 1985.
    """
    from scipy.stats.contingency import crosstab

    if len(first) != len(second) or not len(first):
        raise InputError(f"partitions of {len(first)} and {len(second)} things: expected as many in both")
    table = crosstab(first, second).count.astype(np.float64)
    together, by_row, by_column = (
        float((counts * (counts - 1) / 2).sum()) for counts in (table, table.sum(axis=1), table.sum(axis=0))
    )
    whole = len(first) * (len(first) - 1) / 2
    expected = by_row * by_column / whole if whole else 0.0
    most = (by_row + by_column) / 2
    return 1.0 if most == expected else (together - expected) / (most - expected)


def domain_agreement(numbers: Sequence[int], concepts: Sequence[str], domains: Mapping[str, str]) -> float:
    """Adjusted Rand index of communities against domains, over the concepts that have a domain."""
    kept = [(n, domains[key]) for n, key in zip(numbers, concepts) if domains.get(key)]
    return adjusted_rand_index([n for n, _ in kept], [domain for _, domain in kept])


def same_domain_auroc(matrix: SimilarityMatrix, domains: Mapping[str, str]) -> float:
    """Chance that a pair of one domain is more alike than a pair of two, ties counting half.

    Concepts without a domain are left out. Raises InputError when there is no pair of one domain, or none of
    two.
    """
    kept = [row for row, key in enumerate(matrix.concepts) if domains.get(key)]
    named = np.array([domains[matrix.concepts[row]] for row in kept], dtype=object)
    first, second = np.triu_indices(len(kept), 1)
    likeness = matrix.likeness[np.ix_(kept, kept)][first, second]
    return auroc(likeness, (named[first] == named[second]).astype(bool))

"""Communities that the similarities form by themselves, against the given domains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ..errors import InputError
from .ranks import auroc
from .similarity_matrix import SimilarityMatrix


def communities(matrix: SimilarityMatrix, *, seed: int = 0, resolution: float = 1.0) -> tuple[int, ...]:
    """Number of the community of each concept, by Louvain's method on the full weighted graph.

    Communities are numbered by their first concept. Only positive similarities carry weight; a divergence d
    weighs exp(-d).

    Source: Blondel et al. 2008, as in networkx.
    """
    import networkx as nx

    weights = np.exp(-matrix.values) if matrix.is_divergence else matrix.values
    graph = nx.Graph()
    graph.add_nodes_from(range(len(matrix.concepts)))
    for first, second in zip(*np.triu_indices(len(matrix.concepts), 1)):
        if weights[first, second] > 0:
            graph.add_edge(int(first), int(second), weight=float(weights[first, second]))
    found = nx.community.louvain_communities(graph, weight="weight", seed=seed, resolution=resolution)
    number = [0] * len(matrix.concepts)
    for label, members in enumerate(sorted(found, key=min)):
        for member in members:
            number[member] = label
    return tuple(number)


def adjusted_rand_index(first: Sequence[object], second: Sequence[object]) -> float:
    """Agreement of two partitions of the same things, corrected for chance.

    With n_ij the contingency table: (sum C(n_ij, 2) - E) / (M - E), where E = sum C(a_i, 2) sum C(b_j, 2) /
    C(n, 2) and M = the mean of those two sums; 1 where the partitions are equal, even if trivial.

    Raises:
        InputError: when the partitions are empty or of different length.

    Source: Hubert and Arabie 1985.
    """
    if len(first) != len(second) or not len(first):
        raise InputError(f"partitions of {len(first)} and {len(second)} things: expected as many in both")
    rows = _codes(first)
    columns = _codes(second)
    table = np.zeros((rows.max() + 1, columns.max() + 1))
    np.add.at(table, (rows, columns), 1)
    together = _pairs(table).sum()
    by_row, by_column = _pairs(table.sum(axis=1)).sum(), _pairs(table.sum(axis=0)).sum()
    whole = _pairs(np.array(float(len(rows))))
    expected = by_row * by_column / whole if whole else 0.0
    most = (by_row + by_column) / 2
    return 1.0 if most == expected else float((together - expected) / (most - expected))


def domain_agreement(numbers: Sequence[int], concepts: Sequence[str], domains: Mapping[str, str]) -> float:
    """Adjusted Rand index of communities against domains, over the concepts that have a domain."""
    kept = [(n, domains[key]) for n, key in zip(numbers, concepts) if domains.get(key)]
    return adjusted_rand_index([n for n, _ in kept], [domain for _, domain in kept])


def same_domain_auroc(matrix: SimilarityMatrix, domains: Mapping[str, str]) -> float:
    """Chance that a pair of one domain is more alike than a pair of two, ties counting half.

    Concepts without a domain are left out. Give `domain_of_each(library)` to count broader concepts in, or a
    mapping without them.

    Raises:
        InputError: when there is no pair of one domain, or none of two.
    """
    kept = [row for row, key in enumerate(matrix.concepts) if domains.get(key)]
    named = np.array([domains[matrix.concepts[row]] for row in kept], dtype=object)
    first, second = np.triu_indices(len(kept), 1)
    likeness = matrix.likeness[np.ix_(kept, kept)][first, second]
    return auroc(likeness, (named[first] == named[second]).astype(bool))


def _codes(labels: Sequence[object]) -> np.ndarray:
    seen: dict[object, int] = {}
    return np.array([seen.setdefault(label, len(seen)) for label in labels])


def _pairs(count: np.ndarray) -> np.ndarray:
    return count * (count - 1) / 2

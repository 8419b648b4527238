"""Communities that the similarities form by themselves, compared with the given domains."""

from collections.abc import Mapping, Sequence

import numpy as np

from ..errors import InputError
from .ranks import auroc
from .similarity_matrix import SimilarityMatrix


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

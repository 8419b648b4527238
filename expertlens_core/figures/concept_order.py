"""Clustered order: alike concepts beside each other."""

from __future__ import annotations

import numpy as np

from ..analysis.similarity_matrix import SimilarityMatrix


def clustered_order(matrix: SimilarityMatrix) -> np.ndarray:
    """`[concepts]` rows of the matrix, so that alike concepts stand side by side.

    Average-linkage clustering of the distance (largest similarity minus similarity; a divergence is a
    distance already, an infinite one counts as a little more than the largest), with leaves ordered so that
    neighbours are as alike as they can be. That last step grows with the cube of the number of concepts and
    is left out above 300.
    """
    from scipy.cluster.hierarchy import leaves_list, linkage, optimal_leaf_ordering
    from scipy.spatial.distance import squareform

    count = len(matrix.concepts)
    if count < 3:
        return np.arange(count)
    values = np.array(matrix.values, dtype=np.float64)
    off = ~np.eye(count, dtype=bool)
    if matrix.is_divergence:
        finite = values[off & np.isfinite(values)]
        far = 1.1 * float(finite.max()) if len(finite) else 1.0
        distance = np.where(np.isfinite(values), values, far)
    else:
        distance = float(values[off].max()) - values
    distance = np.maximum((distance + distance.T) / 2, 0.0)
    np.fill_diagonal(distance, 0.0)
    condensed = squareform(distance, checks=False)
    tree = linkage(condensed, method="average")
    if count <= 300:
        tree = optimal_leaf_ordering(tree, condensed)
    return np.asarray(leaves_list(tree), dtype=np.int64)

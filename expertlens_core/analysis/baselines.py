"""Baselines: similarity of concepts by vectors that need no experts."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..errors import InputError
from .similarity_matrix import SimilarityMatrix

_WORD = re.compile(r"(?u)\b\w\w+\b")


def cosine_matrix(concepts: Sequence[str], vectors: Any, measure: str) -> SimilarityMatrix:
    """Cosine of any vector per concept, such as a word's embedding; 0 where a vector is all zeros.

    `vectors` is a numpy array or a scipy sparse array `[concepts, dims]`; `measure` names the baseline.
    Raises InputError for shapes that do not fit, a NaN or an infinity. Source: docs/method.md, section 6 (baselines).
    """
    if len(vectors.shape) != 2 or vectors.shape[0] != len(concepts) or not vectors.shape[1]:
        raise InputError(
            f"vectors of shape {tuple(vectors.shape)} for {len(concepts)} concepts: expected one row for each"
        )
    if isinstance(vectors, np.ndarray):
        vectors = vectors.astype(np.float64)
        bad = ~np.isfinite(vectors).all(axis=1)
        if bad.any():
            raise InputError(
                f"the {measure} of {concepts[int(np.argmax(bad))]!r} holds a NaN or an infinity: compute it again"
            )
        dot = vectors @ vectors.T
    else:
        dot = (vectors @ vectors.T).toarray()
    length = np.sqrt(np.diagonal(dot))
    scale = length[:, None] * length[None, :]
    values = np.divide(dot, scale, out=np.zeros(dot.shape), where=scale > 0)
    values = np.clip((values + values.T) / 2, -1.0, 1.0)
    np.fill_diagonal(values, np.where(length > 0, 1.0, 0.0))
    return SimilarityMatrix(tuple(concepts), measure, None, values, 0, int(vectors.shape[1]))


def centred(vectors: np.ndarray) -> np.ndarray:
    """`[concepts, dims]` vectors minus their mean over the concepts: what they all share is no evidence."""
    vectors = np.asarray(vectors, dtype=np.float64)
    return vectors - vectors.mean(axis=0, keepdims=True)


def mean_difference(positive_means: np.ndarray, negative_means: np.ndarray) -> np.ndarray:
    """Mean over the positive set minus mean over the negative one, `[concepts, (layers,) dims]`."""
    if np.shape(positive_means) != np.shape(negative_means):
        raise InputError(
            f"means of shape {np.shape(positive_means)} and {np.shape(negative_means)}: expected as many concepts, "
            "layers and dimensions for both sets"
        )
    return np.asarray(positive_means, dtype=np.float64) - np.asarray(negative_means, dtype=np.float64)


def tf_idf_matrix(sentences: Mapping[str, Sequence[str]]) -> SimilarityMatrix:
    """Similarity of concepts (key → sentences) by TF-IDF: what the text alone tells, without any model.

    A sentence is a document: counts of its words (lower case, at least two letters or digits) times
    idf = ln((1 + N) / (1 + df)) + 1, scaled to length 1; a concept's vector is the mean of its sentences'.
    Raises InputError when a concept has no sentence, or there is no word at all.
    Source: docs/method.md, section 6; weights as in scikit-learn's `TfidfVectorizer`.
    """
    from scipy import sparse

    number: dict[str, int] = {}
    rows, columns, owners = [], [], []
    documents = 0
    for owner, (concept, texts) in enumerate(sentences.items()):
        if not len(texts):
            raise InputError(f"concept {concept!r} has no sentence for TF-IDF: leave it out, or add some")
        for text in texts:
            words = [number.setdefault(word, len(number)) for word in _WORD.findall(text.lower())]
            rows += [documents] * len(words)
            columns += words
            owners.append(owner)
            documents += 1
    if not number:
        raise InputError("the sentences hold no words: TF-IDF needs text")
    counts = sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=(documents, len(number)))
    counts.sum_duplicates()
    containing = np.bincount(counts.indices, minlength=len(number))
    weighted = counts @ sparse.diags_array(np.log((1 + documents) / (1 + containing)) + 1)
    length = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    unit = sparse.diags_array(np.divide(1.0, length, out=np.zeros_like(length), where=length > 0)) @ weighted
    owned = np.bincount(owners)
    mean = sparse.csr_array(
        (1.0 / owned[owners], (owners, np.arange(documents))), shape=(len(owned), documents)
    )
    return cosine_matrix(tuple(sentences), (mean @ unit).tocsr(), "tf-idf")

"""Baselines: similarity matrices of a library that need no experts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ..analysis.similarity_matrix import SimilarityMatrix
from ..artefacts import ArtefactKey, digest_of
from .embeddings_stage import concept_embeddings
from .positives import choose_positives
from .request import Cancelled, Progress
from .scored import Scored
from .session import Load

if TYPE_CHECKING:
    from ..models.language_model import LanguageModel

VERSION = 1


def baseline_matrices(
    found: Scored,
    names: Sequence[str],
    *,
    model: LanguageModel | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
    load: Load | None = None,
) -> tuple[SimilarityMatrix, ...]:
    """Cosine of the concepts by each baseline, over the concepts of a scored library.

    ``word-input`` and ``word-last``: the name's embedding in the input layer and its last hidden state;
    ``sentence``: mean embedding of the positive set, last hidden state, and ``sentence-centred`` the same minus
    the mean over the concepts; ``mean-difference``: positives minus negatives, one matrix for the input of
    the first block (layer 0) and one for the output of each block (layer 1, 2, ...), the last one after the
    final norm; ``tf-idf``: what the positive sentences alone tell. Concepts that share a name (senses) have
    equal word embeddings.

    Args:
        found: the concepts to compare.
        names: some of `alignment_request.BASELINES`.
        model, progress, cancelled, load: as for `find`.

    Source: METHOD section 6.
    """
    from ..analysis.baselines import centred, cosine_matrix, mean_difference

    made: list[SimilarityMatrix] = []
    if set(names) - {"tf-idf"}:
        vectors = concept_embeddings(
            found.plan, found.concepts, found.artefacts,
            model=model, progress=progress, cancelled=cancelled, load=load,
        )  # fmt: skip
        last = vectors.positive[:, -1]
        for name, rows in (
            ("word-input", vectors.word_input),
            ("word-last", vectors.word_last),
            ("sentence", last),
            ("sentence-centred", centred(last)),
        ):
            if name in names:
                made.append(cosine_matrix(found.concepts, np.asarray(rows), name))
        if "mean-difference" in names:
            moved = mean_difference(vectors.positive, vectors.negative)
            made += [
                cosine_matrix(found.concepts, moved[:, layer], f"mean-difference, layer {layer}")
                for layer in range(moved.shape[1])
            ]
    if "tf-idf" in names:
        made.append(_tf_idf(found))
    return tuple(made)


def _tf_idf(found: Scored) -> SimilarityMatrix:
    """TF-IDF of the positive sentences; reading them all takes longer than the rest of a cached alignment."""
    library, count = found.plan.library, found.plan.request.positives
    fields: dict[str, Any] = {
        "positives": count,
        "concepts": digest_of([[key, library[key].digest] for key in found.concepts]),
    }
    key = ArtefactKey("tf-idf", VERSION, fields, "derived", f"TF-IDF of {library.name}")

    def compute() -> tuple[dict[str, np.ndarray], dict[str, int]]:
        from ..analysis.baselines import tf_idf_matrix

        texts = {key: choose_positives(library[key], count) for key in found.concepts}
        matrix = tf_idf_matrix(texts)
        return {"values": matrix.values}, {"words": matrix.units}

    file = found.artefacts.computed(key, compute, mapped=False)
    words = json.loads(file.metadata["info"])["words"]
    return SimilarityMatrix(found.concepts, "tf-idf", None, file.arrays["values"], 0, words)

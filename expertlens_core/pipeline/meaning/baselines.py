"""Baselines: similarity matrices of a library that need no experts."""

from collections.abc import Sequence
from typing import Any, Literal

from ...analysis.baselines import centred, cosine_matrix, mean_difference, tf_idf_matrix
from ...analysis.similarity_matrix import SimilarityMatrix
from ...artefacts import ArtefactKey, digest_of
from ..finding.scored import Scored
from .embeddings import concept_embeddings

VERSION = 2
BaselineName = Literal["word-input", "word-last", "sentence", "sentence-centred", "mean-difference", "tf-idf"]
BASELINES: tuple[BaselineName, ...] = (
    "word-input", "word-last", "sentence", "sentence-centred", "mean-difference", "tf-idf",
)  # fmt: skip


def baseline_matrices(found: Scored, names: Sequence[str]) -> tuple[SimilarityMatrix, ...]:
    """Cosine of the concepts by each baseline, over the concepts of a scored library.

    ``word-input`` and ``word-last``: the name's embedding in the input layer and its last hidden state; ``sentence``:
    mean embedding of the positive set, last hidden state, and ``sentence-centred`` the same minus the mean over the
    concepts; ``mean-difference``: positives minus negatives, one matrix for the input of the first block (layer 0) and
    one for the output of each block (layer 1, 2, ...), the last one after the final norm; ``tf-idf``: what the
    positive sentences alone tell. Concepts that share a name (senses) have equal word embeddings.

    Source: docs/method.md, section 6.
    """
    made: list[SimilarityMatrix] = []
    if set(names) - {"tf-idf"}:
        vectors = concept_embeddings(found.plan, found.concepts, found.run)
        last = vectors.positive[:, -1]
        rows = {"word-input": vectors.word_input, "word-last": vectors.word_last, "sentence": last}
        rows["sentence-centred"] = centred(last)
        made += [cosine_matrix(found.concepts, rows[name], name) for name in rows if name in names]
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
    plan = found.plan

    def make() -> SimilarityMatrix:
        return tf_idf_matrix({key: plan.positives(plan.library[key]) for key in found.concepts})

    fields: dict[str, Any] = {
        "positives": plan.request.positives,
        "concepts": digest_of([[key, plan.library[key].digest] for key in found.concepts]),
    }
    key = ArtefactKey("tf-idf", VERSION, fields, "derived", f"TF-IDF of {plan.library.name}")
    return found.run.kept(SimilarityMatrix, key, make)

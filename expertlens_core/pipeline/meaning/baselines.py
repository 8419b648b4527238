"""Baselines: similarity matrices of a library that need no experts, and the embeddings that they are made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal, get_args

import numpy as np

from ...analysis.baselines import centred, cosine_matrix, mean_difference, tf_idf_matrix
from ...analysis.similarity_matrix import SimilarityMatrix
from ...artefacts import ArtefactKey, digest_of
from ...concepts import Concept
from ...errors import InputError
from ...models.label import model_label
from ...run import Run
from ..finding.concept_expertise import Session
from ..finding.plan import Plan
from ..finding.scored import Scored

VERSION = 2
BaselineName = Literal["word-input", "word-last", "sentence", "sentence-centred", "mean-difference", "tf-idf"]
BASELINES: tuple[BaselineName, ...] = get_args(BaselineName)
EMBEDDINGS_VERSION = 1
Arrays = tuple[dict[str, np.ndarray], dict[str, Any]]


@dataclass(frozen=True, eq=False)
class ConceptEmbeddings:
    """Vectors of some concepts."""

    concepts: tuple[str, ...]
    word_input: np.ndarray
    """`[concepts, input dims]` embedding of the concept's name in the input layer."""
    word_last: np.ndarray
    """`[concepts, dims]` last hidden state of the name alone."""
    positive: np.ndarray
    """`[concepts, layers + 1, dims]` mean embedding of the positive set, from the input of the first block to
    the last hidden state."""
    negative: np.ndarray
    """`[concepts, layers + 1, dims]` the same of the negatives drawn for the concept, or of its own."""


def concept_embeddings(plan: Plan, concepts: tuple[str, ...], run: Run) -> ConceptEmbeddings:
    """Embeddings of the concepts of a plan, each kept as soon as it is there.

    The negatives are those of the experts: one pass over the pool serves all concepts, and is made again when the
    concepts change. What is cached is read without loading the model.
    """
    chosen = [plan.library[key] for key in concepts]
    keys = [_concept_key(plan, concept) for concept in chosen]
    drawing = [] if plan.pool is None else [concept for concept in chosen if not concept.negatives]
    pool_key = _pool_key(plan, drawing) if drawing else None
    session, has = Session(plan, run), run.artefacts.has
    session.total = sum(
        len(plan.positives(concept)) + len(concept.negatives or ())
        for concept, key in zip(chosen, keys)
        if not has(key)
    )
    if pool_key is not None and not has(pool_key):
        session.total += len(plan.drawn_from)
    rows = []
    for concept, key in zip(chosen, keys):
        run.check("embedding was stopped; finished concepts are kept")
        rows.append(run.kept_file(key, partial(_of_concept, session, concept)).arrays)
    parts = {
        name: np.array([row[name] if name in row else np.zeros_like(row["positive"]) for row in rows])
        for name in ("word_input", "word_last", "positive", "negative")
    }
    if pool_key is not None:
        means = run.kept_file(pool_key, partial(_of_pool, session, drawing)).arrays["negative"]
        for mean, concept in zip(means, drawing):
            parts["negative"][concepts.index(concept.key)] = mean
    return ConceptEmbeddings(concepts, **parts)


def _of_concept(session: Session, concept: Concept) -> Arrays:
    from ...models.embeddings import word_vectors

    words = word_vectors(session.model, (concept.name,))
    arrays = {"word_input": words.input[0], "word_last": words.last[0]}
    chosen = session.plan.positives(concept)
    for name, sentences in (("positive", chosen), ("negative", concept.negatives or ())):
        if sentences:
            arrays[name] = _means(session, f"embeddings of {concept.key}", sentences)[0]
    return arrays, {"concept": concept.key, "sentences": len(chosen)}


def _of_pool(session: Session, drawing: list[Concept]) -> Arrays:
    pool = session.plan.drawn_from
    member = np.zeros((len(drawing), len(pool)), dtype=bool)
    for row, concept in enumerate(drawing):
        drawn = session.plan.negatives(concept)[1]
        if not drawn:
            raise InputError(
                f"the pool {pool.name!r} has no negative for {concept.key!r}: choose another pool"
            )
        member[row, list(drawn)] = True
    means = _means(session, "embeddings of the negatives", pool.sentences, member)
    return {"negative": means}, {"pool": pool.name, "concepts": [concept.key for concept in drawing]}


def _means(session: Session, what: str, sentences: tuple[str, ...], *member: np.ndarray) -> np.ndarray:
    from ...models.embeddings import hidden_means

    most, step, cancelled = session.plan.request.max_tokens, session.step(what), session.run.cancelled
    return hidden_means(
        session.model, sentences, *member, max_tokens=most, progress=step, cancelled=cancelled
    )


def _model_fields(plan: Plan) -> dict[str, Any]:
    record = plan.known
    fields = {name: getattr(record, name) for name in ("dtype", "device", "attention")}
    return {"model": record.digest, **fields, "max_tokens": plan.request.max_tokens}


def _concept_key(plan: Plan, concept: Concept) -> ArtefactKey:
    fields = {
        **_model_fields(plan),
        "name": concept.name,
        "positives": digest_of(plan.positives(concept)),
        "negatives": digest_of(concept.negatives) if concept.negatives else "",
    }
    label = f"embeddings of {concept.key} in {model_label(plan.known.name)}"
    return ArtefactKey("embeddings", EMBEDDINGS_VERSION, fields, "responses", label)


def _pool_key(plan: Plan, drawing: list[Concept]) -> ArtefactKey:
    fields = {
        **_model_fields(plan),
        "pool": plan.drawn_from.digest,
        "concepts": digest_of([concept.digest for concept in drawing]),
        "negatives drawn": ",".join(str(plan.request.drawn(concept)) for concept in drawing),
        "match": ",".join(sorted(plan.request.match)),
        "seed": plan.request.seed,
    }
    label = f"embeddings of the negatives of {len(drawing)} concepts in {model_label(plan.known.name)}"
    return ArtefactKey("negative embeddings", EMBEDDINGS_VERSION, fields, "responses", label)


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

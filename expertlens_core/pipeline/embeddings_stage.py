"""Embeddings of a library's concepts: the vectors that alignment's baselines are made of, the cache first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from ..artefacts import ArtefactKey, Artefacts, digest_of
from ..concepts import Concept, NegativePool, draw_negatives
from ..errors import Cancelled as CancelledError
from ..errors import InputError
from ..models.label import model_label
from .model_record import ModelRecord
from .plan import Plan
from .positives import choose_positives
from .request import Cancelled, Progress
from .session import Load, load_for

if TYPE_CHECKING:
    from ..models.language_model import LanguageModel

VERSION = 1


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
    digest: str
    """Of the keys that all this is kept by."""


def concept_embeddings(
    plan: Plan,
    concepts: tuple[str, ...],
    artefacts: Artefacts,
    *,
    model: LanguageModel | None = None,
    progress: Progress | None = None,
    cancelled: Cancelled | None = None,
    load: Load | None = None,
) -> ConceptEmbeddings:
    """Embeddings of the concepts of a plan, each kept as soon as it is there.

    The negatives are those of the experts: one pass over the pool serves all concepts, and is made again when
    the concepts change. What is cached is read without loading the model.

    Raises:
        InputError: an unusable model.
        Cancelled: when `cancelled` said so; finished concepts are kept.
    """
    if plan.record is None:
        raise RuntimeError("embeddings need the record of the model")
    chosen = [plan.library[key] for key in concepts]
    keys = {concept.key: _concept_key(plan, plan.record, concept) for concept in chosen}
    drawing = [concept for concept in chosen if not concept.negatives]
    pool_key = _pool_key(plan, plan.record, drawing) if drawing and plan.pool is not None else None
    counter = _Counter(plan, chosen, keys, pool_key, artefacts, progress)
    loaded: list[LanguageModel] = [] if model is None else [model]

    def get_model() -> LanguageModel:
        if not loaded:
            counter.report(f"loading {model_label(plan.request.model)}")
            loaded.append(load_for(plan.request, artefacts, load))
        return loaded[0]

    parts: dict[str, list[np.ndarray]] = {"word_input": [], "word_last": [], "positive": [], "negative": []}
    for concept in chosen:
        if cancelled is not None and cancelled():
            raise CancelledError("embedding was stopped; finished concepts are kept")
        compute = partial(_concept_arrays, plan, concept, get_model, counter, cancelled)
        arrays = artefacts.computed(keys[concept.key], compute, mapped=False, cancelled=cancelled).arrays
        for name, found in parts.items():
            found.append(arrays[name] if name in arrays else np.zeros_like(arrays["positive"]))
    negative = np.array(parts["negative"])
    if pool_key is not None and plan.pool is not None:
        compute = partial(_pool_arrays, plan, plan.pool, drawing, get_model, counter, cancelled)
        means = artefacts.computed(pool_key, compute, cancelled=cancelled).arrays["negative"]
        row_of = {concept.key: row for row, concept in enumerate(drawing)}
        for row, concept in enumerate(chosen):
            if concept.key in row_of:
                negative[row] = means[row_of[concept.key]]
    digest = digest_of([[key.digest for key in keys.values()], pool_key.digest if pool_key else ""])
    return ConceptEmbeddings(
        concepts,
        np.array(parts["word_input"]),
        np.array(parts["word_last"]),
        np.array(parts["positive"]),
        negative,
        digest,
    )


class _Counter:
    """Counts sentences over the parts that have to be run."""

    def __init__(
        self,
        plan: Plan,
        chosen: list[Concept],
        keys: dict[str, ArtefactKey],
        pool_key: ArtefactKey | None,
        artefacts: Artefacts,
        progress: Progress | None,
    ) -> None:
        self._progress = progress
        self.done = 0
        self.total = sum(
            len(choose_positives(concept, plan.request.positives)) + len(concept.negatives or ())
            for concept in chosen
            if not artefacts.has(keys[concept.key])
        )
        if pool_key is not None and plan.pool is not None and not artefacts.has(pool_key):
            self.total += len(plan.pool)

    def report(self, what: str) -> None:
        if self._progress is not None:
            self._progress(min(self.done, self.total), self.total, what)

    def stepper(self, what: str) -> Callable[[int, int], None]:
        start = self.done

        def step(done: int, _total: int) -> None:
            self.done = start + done
            self.report(what)

        return step


def _model_fields(plan: Plan, record: ModelRecord) -> dict[str, Any]:
    return {
        "model": record.digest,
        "dtype": record.dtype,
        "device": record.device,
        "attention": record.attention,
        "max_tokens": plan.request.max_tokens,
    }


def _concept_key(plan: Plan, record: ModelRecord, concept: Concept) -> ArtefactKey:
    request = {
        **_model_fields(plan, record),
        "name": concept.name,
        "positives": digest_of(choose_positives(concept, plan.request.positives)),
        "negatives": digest_of(concept.negatives) if concept.negatives else "",
    }
    return ArtefactKey(
        "embeddings",
        VERSION,
        request,
        "responses",
        f"embeddings of {concept.key} in {model_label(record.name)}",
    )


def _pool_key(plan: Plan, record: ModelRecord, drawing: list[Concept]) -> ArtefactKey:
    request = {
        **_model_fields(plan, record),
        "pool": "" if plan.pool is None else plan.pool.digest,
        "concepts": digest_of([concept.digest for concept in drawing]),
        "negatives drawn": ",".join(str(plan.request.drawn(concept)) for concept in drawing),
        "match": ",".join(sorted(plan.request.match)),
        "seed": plan.request.seed,
    }
    label = f"embeddings of the negatives of {len(drawing)} concepts in {model_label(record.name)}"
    return ArtefactKey("negative embeddings", VERSION, request, "responses", label)


def _concept_arrays(
    plan: Plan,
    concept: Concept,
    get_model: Callable[[], LanguageModel],
    counter: _Counter,
    cancelled: Cancelled | None,
) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    model = get_model()
    from ..models.embeddings import hidden_means, word_vectors

    words = word_vectors(model, (concept.name,))
    arrays = {"word_input": words.input[0], "word_last": words.last[0]}
    chosen = choose_positives(concept, plan.request.positives)
    for name, sentences in (("positive", chosen), ("negative", concept.negatives or ())):
        if sentences:
            arrays[name] = hidden_means(
                model,
                sentences,
                max_tokens=plan.request.max_tokens,
                progress=counter.stepper(f"embeddings of {concept.key}"),
                cancelled=cancelled,
            )[0]
    return arrays, {"concept": concept.key, "sentences": len(chosen)}


def _pool_arrays(
    plan: Plan,
    pool: NegativePool,
    drawing: list[Concept],
    get_model: Callable[[], LanguageModel],
    counter: _Counter,
    cancelled: Cancelled | None,
) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    model = get_model()
    from ..models.embeddings import hidden_means

    member = np.zeros((len(drawing), len(pool)), dtype=bool)
    request = plan.request
    for row, concept in enumerate(drawing):
        drawn = draw_negatives(pool, concept, request.drawn(concept), request.seed, match=request.match)
        member[row, list(drawn)] = True
        if not drawn:
            raise InputError(
                f"the pool {pool.name!r} has no negative for {concept.key!r}: choose another pool"
            )
    means = hidden_means(
        model,
        pool.sentences,
        member,
        max_tokens=request.max_tokens,
        progress=counter.stepper("embeddings of the negatives"),
        cancelled=cancelled,
    )
    return {"negative": means}, {"pool": pool.name, "concepts": [concept.key for concept in drawing]}

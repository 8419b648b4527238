"""Responses to the negative pool: computed once per model and recipe, then read from the disk."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from ..artefacts import ArrayFile, ArtefactKey, Artefacts, Rows, digest_of
from ..concepts import NegativePool
from .model_record import ModelRecord
from .request import FindRequest

if TYPE_CHECKING:
    from ..models.language_model import LanguageModel

VERSION = 1
CHUNK = 256
"""Sentences after which finished work is on the disk."""


@dataclass(frozen=True, eq=False)
class PoolResponses:
    """Responses to the sentences of a pool."""

    values: tuple[Any, ...]
    """Per module `[rows, width]`: memory-mapped arrays, or tensors on the model's device."""
    position: np.ndarray
    """`[sentences]` row of each sentence in `values`; -1 where `selfcond-2022` dropped it."""
    truncated: int
    """Sentences of the pool cut at the token limit."""

    def rows(self, sentences: tuple[int, ...]) -> np.ndarray:
        """Rows in `values` of some sentences, without the dropped ones."""
        rows = self.position[np.asarray(sentences, dtype=np.int64)]
        return rows[rows >= 0]


def recipe_fields(request: FindRequest, record: ModelRecord) -> dict[str, Any]:
    """Fields of a key that say how responses come about."""
    return {
        "model": record.digest,
        "units": record.units.digest,
        "dtype": record.dtype,
        "device": record.device,
        "attention": record.attention,
        "pooling": request.pooling,
        "mask": "every position" if request.pooling == "selfcond-2022" else "real tokens, no special ones",
        "max_tokens": request.max_tokens,
    }


def fits(pool: NegativePool, record: ModelRecord, artefacts: Artefacts) -> bool:
    """Whether the pool's responses may take their room: twice that at most half of the cache's limit."""
    return 4 * len(pool) * record.units.count <= artefacts.limit // 4


def pool_key(request: FindRequest, record: ModelRecord, pool: NegativePool) -> ArtefactKey:
    """Key of the responses to a whole pool."""
    fields = {**recipe_fields(request, record), "pool": pool.digest}
    return ArtefactKey("pool responses", VERSION, fields, "responses", f"pool {pool.name} in {record.name}")


def pool_responses(
    request: FindRequest,
    record: ModelRecord,
    pool: NegativePool,
    artefacts: Artefacts,
    load: Callable[[], LanguageModel],
    *,
    progress: Callable[[int], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> PoolResponses:
    """The pool's responses, from the cache or computed in chunks that outlive a kill.

    Args:
        request, record, pool, artefacts: what, and where it is kept.
        load: gives the model; called only when something is missing.
        progress: called with the sentences done.
        cancelled: asked before each batch.

    Raises:
        Cancelled: when `cancelled` said so; finished chunks are kept.
    """
    key = pool_key(request, record, pool)
    compute = partial(_assemble, request, record, pool, artefacts, load, progress, cancelled)
    file = artefacts.computed(key, compute, cancelled=cancelled)
    for chunk_key in _chunk_keys(request, record, pool):
        artefacts.forget(chunk_key)
    info = json.loads(file.metadata["info"])
    modules = range(len(record.units.modules))
    return PoolResponses(
        tuple(file.arrays[str(i)] for i in modules), file.arrays["position"], info["truncated"]
    )


def _assemble(
    request: FindRequest,
    record: ModelRecord,
    pool: NegativePool,
    artefacts: Artefacts,
    load: Callable[[], LanguageModel],
    progress: Callable[[int], None] | None,
    cancelled: Callable[[], bool] | None,
) -> tuple[dict[str, np.ndarray | Rows], dict[str, Any]]:
    """Chunk after chunk, then all of them as one array per module."""
    chunks: list[ArrayFile] = []
    for number, key in enumerate(_chunk_keys(request, record, pool)):
        sentences = pool.sentences[number * CHUNK : (number + 1) * CHUNK]
        done = number * CHUNK
        step = (lambda more, done=done: progress(done + more)) if progress else None
        compute = partial(_chunk, request, sentences, load, step, cancelled)
        chunks.append(artefacts.computed(key, compute, cancelled=cancelled))
        if progress:
            progress(done + len(sentences))
    position = np.full(len(pool), -1, dtype=np.int64)
    count = 0
    for number, chunk in enumerate(chunks):
        kept = chunk.arrays["kept"]
        position[number * CHUNK + kept] = count + np.arange(len(kept))
        count += len(kept)
    arrays: dict[str, np.ndarray | Rows] = {"position": position}
    for i, module in enumerate(record.units.modules):
        arrays[str(i)] = Rows(count, module.width, np.float32, partial(_module_rows, chunks, str(i)))
    truncated = sum(json.loads(chunk.metadata["info"])["truncated"] for chunk in chunks)
    return arrays, {"pool": pool.name, "model": record.name, "truncated": truncated}


def _chunk(
    request: FindRequest,
    sentences: tuple[str, ...],
    load: Callable[[], LanguageModel],
    progress: Callable[[int], None] | None,
    cancelled: Callable[[], bool] | None,
) -> tuple[dict[str, np.ndarray | Rows], dict[str, Any]]:
    responses = run_model(request, load(), sentences, progress, cancelled)
    arrays: dict[str, np.ndarray | Rows] = {
        str(i): values if isinstance(values, np.ndarray) else values.cpu().numpy()
        for i, values in enumerate(responses.values)
    }
    kept = np.arange(len(sentences)) if responses.kept is None else np.asarray(responses.kept)
    return {**arrays, "kept": kept.astype(np.int64)}, {"truncated": responses.truncated}


def run_model(
    request: FindRequest,
    model: LanguageModel,
    sentences: tuple[str, ...],
    progress: Callable[[int], None] | None,
    cancelled: Callable[[], bool] | None,
) -> Any:
    """Responses of the model to some sentences, by the request's recipe."""
    from ..models.extraction import extract_responses

    return extract_responses(
        model,
        sentences,
        pooling=request.pooling,  # type: ignore[arg-type]
        max_tokens=request.max_tokens,
        progress=None if progress is None else lambda done, _total: progress(done),
        cancelled=cancelled,
    )


def _module_rows(chunks: list[ArrayFile], name: str) -> Iterator[np.ndarray]:
    for chunk in chunks:
        yield chunk.arrays[name]


def _chunk_keys(request: FindRequest, record: ModelRecord, pool: NegativePool) -> list[ArtefactKey]:
    fields = recipe_fields(request, record)
    keys = []
    for first in range(0, len(pool), CHUNK):
        sentences = pool.sentences[first : first + CHUNK]
        label = f"pool {pool.name} in {record.name}, sentences {first} to {first + len(sentences) - 1}"
        chunk_fields = {**fields, "sentences": digest_of(sentences)}
        keys.append(ArtefactKey("pool chunk", VERSION, chunk_fields, "responses", label))
    return keys

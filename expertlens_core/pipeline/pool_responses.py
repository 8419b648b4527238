"""Responses to the negative pool: computed once per model and recipe, then read from the disk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..artefacts import ArtefactKey, Artefacts, GrowingFile, Shapes
from ..concepts import NegativePool
from .model_record import ModelRecord
from .request import FindRequest

if TYPE_CHECKING:
    from ..models.language_model import LanguageModel

VERSION = 2
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
    """Whether the pool's responses may take their room: at most a quarter of the cache's limit."""
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
    """The pool's responses, from the cache or computed in chunks that outlive a stop or a kill.

    Args:
        request, record, pool, artefacts: what, and where it is kept.
        load: gives the model; called only when something is missing.
        progress: called with the sentences done.
        cancelled: asked before each batch.

    Raises:
        Cancelled: when `cancelled` said so; finished chunks are kept.
    """

    def fill(file: GrowingFile) -> None:
        for number in np.flatnonzero(file.read("done") == 0).tolist():
            first = number * CHUNK
            step = (lambda more, first=first: progress(first + more)) if progress else None
            sentences = pool.sentences[first : first + CHUNK]
            responses = run_model(request, load(), sentences, step, cancelled)
            position = np.full(len(sentences), -1)
            position[slice(None) if responses.kept is None else responses.kept] = first + np.arange(
                len(responses.values[0])
            )
            rows = {str(i): _on_cpu(values) for i, values in enumerate(responses.values)}
            file.put(first, {**rows, "position": position})
            file.put(number, {"truncated": np.array([responses.truncated]), "done": np.array([1])})
            if progress:
                progress(first + len(sentences))

    key, shapes, info = _growth(request, record, pool)
    file = artefacts.grown(key, shapes, info, fill, cancelled=cancelled)
    modules = range(len(record.units.modules))
    return PoolResponses(
        tuple(file.arrays[str(i)] for i in modules),
        file.arrays["position"],
        int(file.arrays["truncated"].sum()),
    )


def chunks_done(
    request: FindRequest, record: ModelRecord, pool: NegativePool, artefacts: Artefacts
) -> np.ndarray:
    """`[chunks]` which of the pool's chunks of `CHUNK` sentences a stopped run has left on the disk."""
    return artefacts.growing(*_growth(request, record, pool)).read("done").astype(bool)


def _growth(
    request: FindRequest, record: ModelRecord, pool: NegativePool
) -> tuple[ArtefactKey, Shapes, dict[str, Any]]:
    """Key, arrays and information of the pool's responses."""
    count, chunks = len(pool), -(-len(pool) // CHUNK)
    shapes: dict[str, tuple[tuple[int, ...], Any]] = {
        str(i): ((count, module.width), np.float32) for i, module in enumerate(record.units.modules)
    }
    shapes |= {
        "position": ((count,), np.int64), "truncated": ((chunks,), np.int64), "done": ((chunks,), np.uint8)
    }  # fmt: skip
    return pool_key(request, record, pool), shapes, {"pool": pool.name, "model": record.name}


def _on_cpu(values: Any) -> np.ndarray:
    return values if isinstance(values, np.ndarray) else values.cpu().numpy()


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

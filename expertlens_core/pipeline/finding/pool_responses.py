"""Responses to the negative pool: computed once per model and recipe, then read from the disk."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ...artefacts import ArtefactKey, GrowingFile, Shapes
from ...run import Run
from .plan import Plan, recipe_fields

if TYPE_CHECKING:
    import torch

    from ...models.units import Responses

VERSION = 2
CHUNK = 256
"""Sentences after which finished work is on the disk."""
Respond = Callable[[tuple[str, ...]], "Responses"]
"""Runs some sentences through the model."""


class PoolResponses:
    """Responses to the sentences of a pool, where scoring wants them: on the model's device.

    On a CPU they stay in the memory map. Elsewhere the whole pool is moved once where it takes at most half of the
    device's free memory; otherwise each concept's rows are.
    """

    def __init__(self, values: tuple[np.ndarray, ...], position: np.ndarray, device: torch.device) -> None:
        self._values = values
        self._position = position
        self._device = device
        self._resident: tuple[Any, ...] | None = values if device.type == "cpu" else None
        if device.type == "cuda":
            import torch

            if 2 * sum(each.nbytes for each in values) <= torch.cuda.mem_get_info(device)[0]:
                self._resident = tuple(self._moved(each) for each in values)

    def of(self, sentences: tuple[int, ...]) -> tuple[tuple[Any, ...], np.ndarray | None]:
        """Responses per module to some sentences of the pool, and the rows of them to take (None: all).

        Sentences that `selfcond-2022` drops have no row.
        """
        rows = self._position[np.asarray(sentences, dtype=np.int64)]
        rows = rows[rows >= 0]
        if self._resident is not None:
            return self._resident, rows
        return tuple(self._moved(values[rows]) for values in self._values), None

    def _moved(self, values: np.ndarray) -> Any:
        import torch

        return torch.from_numpy(np.array(values)).to(self._device)


def pool_key(plan: Plan) -> ArtefactKey:
    """Key of the responses to a plan's whole pool."""
    pool, record = plan.pool, plan.record
    if pool is None or record is None:
        raise RuntimeError("a plan without pool or record has no pool responses")
    fields = {**recipe_fields(plan.request, record), "pool": pool.digest}
    return ArtefactKey("pool responses", VERSION, fields, "responses", f"pool {pool.name} in {record.name}")


def pool_responses(plan: Plan, run: Run, device: torch.device, respond: Respond) -> PoolResponses:
    """The responses to a plan's pool, from the cache or computed in chunks that outlive a stop or a kill.

    Raises:
        Cancelled: when the run was asked to stop; finished chunks are kept.
    """
    pool = plan.pool
    if pool is None:
        raise RuntimeError("a plan without a pool has no pool responses")

    def fill(file: GrowingFile) -> None:
        for number in np.flatnonzero(file.read("done") == 0).tolist():
            first = number * CHUNK
            sentences = pool.sentences[first : first + CHUNK]
            responses = respond(sentences)
            position = np.full(len(sentences), -1)
            kept = slice(None) if responses.kept is None else responses.kept
            position[kept] = first + np.arange(len(responses.values[0]))
            rows = {str(i): _on_cpu(values) for i, values in enumerate(responses.values)}
            file.put(first, {**rows, "position": position})
            file.put(number, {"truncated": np.array([responses.truncated]), "done": np.array([1])})

    key, shapes, info = _growth(plan)
    file = run.artefacts.grown(key, shapes, info, fill, cancelled=run.cancelled)
    values = tuple(file.arrays[name] for name in shapes if name.isdigit())
    return PoolResponses(values, file.arrays["position"], device)


def chunks_done(plan: Plan, run: Run) -> np.ndarray:
    """`[chunks]` which of the pool's chunks of `CHUNK` sentences a stopped run has left on the disk."""
    return run.artefacts.growing(*_growth(plan)).read("done").astype(bool)


def pool_demand(plan: Plan, run: Run) -> tuple[int, str]:
    """Negatives that were asked for in all while the whole pool is not there, and the document that counts them."""
    name = f"pool demand/{pool_key(plan).digest}"
    drawn = sum(plan.request.drawn(concept) for concept in plan.drawing)
    return (run.artefacts.documents.get(name) or 0) + drawn, name


def fits(plan: Plan, run: Run) -> bool:
    """Whether the pool's responses may take their room: at most a quarter of the cache's limit."""
    if plan.pool is None or plan.record is None:
        return False
    return 4 * len(plan.pool) * plan.record.units.count <= run.artefacts.limit // 4


def _growth(plan: Plan) -> tuple[ArtefactKey, Shapes, dict[str, Any]]:
    """Key, arrays and information of the pool's responses."""
    key, pool, record = pool_key(plan), plan.pool, plan.record
    if pool is None or record is None:
        raise RuntimeError("a plan without pool or record has no pool responses")
    count, chunks = len(pool), -(-len(pool) // CHUNK)
    shapes: dict[str, tuple[tuple[int, ...], Any]] = {
        str(i): ((count, module.width), np.float32) for i, module in enumerate(record.units.modules)
    }
    shapes |= {
        "position": ((count,), np.int64), "truncated": ((chunks,), np.int64), "done": ((chunks,), np.uint8)
    }  # fmt: skip
    return key, shapes, {"pool": pool.name, "model": record.name}


def _on_cpu(values: Any) -> np.ndarray:
    return values if isinstance(values, np.ndarray) else values.cpu().numpy()

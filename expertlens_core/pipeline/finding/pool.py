"""The library's negative pool, and the responses to it: each made once, then read from the disk."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ...artefacts import ArtefactKey, Artefacts, GrowingFile, Shapes
from ...artefacts.codec import pack, unpack
from ...concepts import Library, NegativePool, neutral_pool, pool_for, read_pool
from ...concepts.library_files import BUILT_IN
from ...concepts.shelf import own_library_path
from ...run import Run
from .model_record import recipe_fields
from .request import FindRequest

if TYPE_CHECKING:
    import torch

    from ...models.units import Responses
    from .plan import Plan

VERSION = 2
"""Of the pool's responses."""
CHUNK = 256
"""Sentences after which finished work is on the disk."""


def find_pool(request: FindRequest, library: Library, artefacts: Artefacts) -> NegativePool:
    """The pool of a request: the file it names, or the library's kept one, built now if there is none.

    A kept pool stays as the library grows, so that new concepts change nobody's result. Where one of its sentences has
    left the library it is built anew, with a notice: what was corrected or removed should not live on in the negatives.
    A pool that was brought along (`take_pool`) stays as it is.

    Raises InputError when the file is not a pool.
    """
    if request.pool:
        return neutral_pool() if request.pool == "neutral" else read_pool(request.pool)
    kept = artefacts.documents.get(pool_name(request, library))
    if kept is None:
        return rebuild_pool(request, library, artefacts)
    if kept["pool"] is None:
        return neutral_pool()
    pool = unpack(NegativePool, {}, kept["pool"])
    if kept["library"] != library.digest and not kept.get("brought"):
        present = {sentence for concept in library for sentence in concept.positives}
        if not present.issuperset(pool.sentences):
            artefacts.notify(
                f"library {library.name}: sentences of its negative pool were changed or removed, so the "
                "pool is built anew, and results that drew on it are computed again"
            )
            return rebuild_pool(request, library, artefacts)
    return pool


def rebuild_pool(request: FindRequest, library: Library, artefacts: Artefacts) -> NegativePool:
    """Build the library's pool from its present sentences and keep it."""
    pool = pool_for(library)
    content = None if pool.digest == neutral_pool().digest else pack(pool)[1]
    artefacts.documents.put(pool_name(request, library), {"library": library.digest, "pool": content})
    return pool


def take_pool(request: FindRequest, library: Library, pool: NegativePool, artefacts: Artefacts) -> None:
    """Keep a pool that was brought along as the library's, until it is built anew."""
    content = {"library": library.digest, "pool": pack(pool)[1], "brought": True}
    artefacts.documents.put(pool_name(request, library), content)


def carry_pool(old: str, new: str, artefacts: Artefacts) -> None:
    """Keep the pool of a library of the user's under its new name too, so that its results stay."""
    for cleaned in ("", " cleaned"):
        if (kept := artefacts.documents.get(f"pool/{old}{cleaned}")) is not None:
            artefacts.documents.put(f"pool/{new}{cleaned}", kept)


def pool_name(request: FindRequest, library: Library) -> str:
    """Name of the document that keeps the pool: by the library's place or name.

    A library that is only in memory has no place, and another one may have its name: it goes by what it holds.
    """
    place = Path(request.library).expanduser()
    name = str(place.resolve()) if place.exists() else library.name
    if not place.exists() and request.library not in BUILT_IN and own_library_path(request.library) is None:
        content = [library.digest, [[each.key, each.broader, each.kinds] for each in library]]
        name += f" {hashlib.sha256(json.dumps(content).encode()).hexdigest()[:16]}"
    return f"pool/{name}{' cleaned' * request.clean}"


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
    pool, record = plan.drawn_from, plan.known
    fields = {**recipe_fields(plan.request, record), "pool": pool.digest}
    return ArtefactKey("pool responses", VERSION, fields, "responses", f"pool {pool.name} in {record.name}")


def pool_responses(
    plan: Plan, run: Run, device: torch.device, respond: Callable[[tuple[str, ...]], Responses]
) -> PoolResponses:
    """The responses to a plan's pool, from the cache or computed in chunks that outlive a stop or a kill.

    Raises Cancelled when the run was asked to stop; finished chunks are kept.
    """

    def fill(file: GrowingFile) -> None:
        for number in np.flatnonzero(file.read("done") == 0).tolist():
            first = number * CHUNK
            sentences = plan.drawn_from.sentences[first : first + CHUNK]
            responses = respond(sentences)
            position = np.full(len(sentences), -1)
            kept = slice(None) if responses.kept is None else responses.kept
            position[kept] = first + np.arange(len(responses.values[0]))
            rows = {
                str(i): values if isinstance(values, np.ndarray) else values.cpu().numpy()
                for i, values in enumerate(responses.values)
            }
            file.put(first, {**rows, "position": position})
            file.put(number, {"truncated": np.array([responses.truncated]), "done": np.array([1])})

    key, shapes, info = growing_responses(plan)
    file = run.artefacts.grown(key, shapes, info, fill, cancelled=run.cancelled)
    values = tuple(file.arrays[name] for name in shapes if name.isdigit())
    return PoolResponses(values, file.arrays["position"], device)


def pool_left(plan: Plan, run: Run, *, count: bool = False) -> tuple[str, ...] | None:
    """The sentences that are missing from the kept responses to the whole pool.

    None where the responses to the whole pool are not to be kept (yet): each concept then runs the negatives that are
    drawn for it. For a first concept should not wait for the whole pool, so it is run only when as many negatives have
    been asked for, in all finds together, as it holds; all of it then costs at most twice what it must. An empty tuple
    where everything is there. With `count` the plan's own negatives are added to what has been asked for, on record.
    """
    pool = plan.drawn_from
    if plan.record is None:
        return pool.sentences if plan.demand >= len(pool) else None
    if not fits(plan, run):
        return None
    if run.artefacts.has(pool_key(plan)):
        return ()
    documents, name = run.artefacts.documents, f"pool demand/{pool_key(plan).digest}"
    demand = (documents.get(name) or 0) + plan.demand
    if count:
        documents.put(name, demand)
    if demand < len(pool):
        return None
    done = run.artefacts.growing(*growing_responses(plan)).read("done")
    return tuple(sentence for number, sentence in enumerate(pool.sentences) if not done[number // CHUNK])


def fits(plan: Plan, run: Run) -> bool:
    """Whether the pool's responses may take their room: at most a quarter of the cache's limit."""
    return 4 * len(plan.drawn_from) * plan.known.units.count <= run.artefacts.limit // 4


def growing_responses(plan: Plan) -> tuple[ArtefactKey, Shapes, dict[str, Any]]:
    """Key, arrays and information of the pool's responses, as `Artefacts.grown` takes them."""
    pool, record = plan.drawn_from, plan.known
    count, chunks = len(pool), -(-len(pool) // CHUNK)
    shapes: dict[str, tuple[tuple[int, ...], Any]] = {
        str(i): ((count, module.width), np.float32) for i, module in enumerate(record.units.modules)
    }
    shapes |= {"position": ((count,), np.int64), "truncated": ((chunks,), np.int64)}
    shapes |= {"done": ((chunks,), np.uint8)}
    return pool_key(plan), shapes, {"pool": pool.name, "model": record.name}

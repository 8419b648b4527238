"""The library's negative pool: built once, then kept until it is rebuilt."""

from __future__ import annotations

from pathlib import Path

from ...artefacts import Artefacts
from ...artefacts.codec import pack, unpack
from ...concepts import Library, NegativePool, neutral_pool, pool_for, read_pool
from .request import FindRequest


def find_pool(request: FindRequest, library: Library, artefacts: Artefacts) -> NegativePool:
    """The pool of a request: the file it names, or the library's kept one, built now if there is none.

    A kept pool stays as the library grows, so that new concepts change nobody's result. Where one of its sentences has
    left the library it is built anew, with a notice: what was corrected or removed should not live on in the negatives.

    Raises:
        InputError: when the file is not a pool.
    """
    if request.pool:
        return neutral_pool() if request.pool == "neutral" else read_pool(request.pool)
    kept = artefacts.documents.get(pool_name(request, library))
    if kept is None:
        return rebuild_pool(request, library, artefacts)
    if kept["pool"] is None:
        return neutral_pool()
    pool = unpack(NegativePool, {}, kept["pool"])
    if kept["library"] != library.digest:
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


def pool_name(request: FindRequest, library: Library) -> str:
    """Name of the document that keeps the pool."""
    place = Path(request.library).expanduser()
    return f"pool/{place.resolve() if place.exists() else library.name}{' cleaned' * request.clean}"

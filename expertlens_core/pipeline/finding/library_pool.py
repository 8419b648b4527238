"""A library's negative pool as one looks at it: what it is, and what building it anew would change."""

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from ...concepts import Library, NegativePool, neutral_pool, pool_for
from ...run import Run
from .plan import Plan
from .pool import pool_name


@dataclass(frozen=True, eq=False)
class LibraryPool:
    """What a library's negatives are drawn from."""

    pool: NegativePool
    source: Literal["own", "neutral", "file"]
    """Built from the library's own sentences, the one of everyday sentences, or brought along as a file."""
    owners: dict[str, int]
    """Concept → its sentences in the pool; sentences that belong to none are left out."""
    drawing: tuple[str, ...]
    """Concepts without negatives of their own."""
    rebuilt: NegativePool
    """What building it anew from the present sentences gives."""
    concerned: tuple[str, ...]
    """Concepts whose results are there, and are computed again once it is built anew."""

    @property
    def current(self) -> bool:
        """Whether building it anew changes nothing."""
        return self.pool.digest == self.rebuilt.digest

    @property
    def outgrown(self) -> bool:
        """Whether the library has the neutral pool though its own sentences are enough by now."""
        return self.source == "neutral" and not self.current


def library_pool(plan: Plan, run: Run) -> LibraryPool | None:
    """The pool of a planned request; None where every concept brings negatives of its own."""
    pool = plan.pool
    if pool is None:
        return None
    kept = run.artefacts.documents.get(pool_name(plan.request, plan.library)) or {}
    source: Literal["own", "neutral", "file"] = "own"
    if pool.digest == neutral_pool().digest:
        source = "neutral"
    elif plan.request.pool or kept.get("brought"):
        source = "file"
    rebuilt = _rebuilt(plan.library)
    drawing = tuple(concept.key for concept in plan.concepts if not concept.negatives)
    ready = set(plan.finished) if rebuilt.digest != pool.digest else set()
    concerned = tuple(key for key in drawing if key in ready)
    owners = dict(Counter(owner for owner in pool.owners if owner).most_common())
    return LibraryPool(pool, source, owners, drawing, rebuilt, concerned)


def outgrown(plan: Plan) -> bool:
    """Whether the library has the neutral pool though its own sentences are enough by now; cheaper than all of it."""
    neutral = plan.pool is not None and plan.pool.digest == neutral_pool().digest
    return neutral and _rebuilt(plan.library).digest != neutral_pool().digest


@lru_cache(maxsize=8)
def _rebuilt(library: Library) -> NegativePool:
    return pool_for(library)

"""The workload of a find: the sentences that its missing results will run, and what they leave on the disk."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

import numpy as np

from ..artefacts import Artefacts
from ..experts import positive_weight
from ..experts.expertise import STATISTICS
from ..models.units import Units
from .plan import Plan
from .pool_responses import CHUNK, chunks_done, fits, pool_key
from .positives import choose_positives

HEADER_BYTES = 2600
"""Of an expertise file without its table of units: request, versions, checksum, names of arrays."""
_WIDE = {"ap", "auroc"}


@dataclass(frozen=True, eq=False)
class Workload:
    """What has to be computed for a plan. Nothing is written to find it out."""

    concepts: int
    """Concepts without a result."""
    drawing: int
    """Those among them that draw negatives from the pool."""
    sentences: tuple[str, ...]
    """Every sentence that will run, as often as it will run; drawn negatives are represented by the pool's."""
    positives: int
    """Mean size of the missing concepts' positive sets."""
    negatives: int
    """Mean size of their negative sets."""
    keeps_pool: bool
    """Whether the whole pool's responses will be kept on the disk."""
    disk_bytes: int
    """What stays on the disk."""


def workload_of(plan: Plan, units: Units, artefacts: Artefacts) -> Workload:
    """What a plan's missing results come to; the rule for the pool is that of `Session.keeps_pool`."""
    missing = [concept for concept in plan.concepts if concept.key in plan.missing]
    drawing = plan.drawing
    sentences: list[str] = []
    positives = negatives = 0
    for concept in missing:
        chosen = choose_positives(concept, plan.request.positives)
        sentences += chosen
        sentences += concept.negatives or ()
        positives += len(chosen)
        negatives += len(concept.negatives or ())
    keeps, stored, there = False, 0, 0
    if drawing and plan.pool is not None:
        drawn = sum(min(plan.request.drawn(concept), len(plan.pool)) for concept in drawing)
        negatives += drawn
        keeps, assembled, chunks = _pool_state(plan, artefacts)
        if not keeps:
            sentences += [plan.pool.sentences[i % len(plan.pool)] for i in range(drawn)]
        elif not assembled:
            left = [s for i, s in enumerate(plan.pool.sentences) if i // CHUNK not in chunks]
            sentences += left
            stored = 4 * units.count * len(plan.pool)
            there = stored - 4 * units.count * len(left)
    count = max(1, len(missing))
    per_concept = expertise_bytes(units, max(2, positives // count), max(2, negatives // count))
    disk = len(missing) * per_concept + stored
    return Workload(
        concepts=len(missing),
        drawing=len(drawing),
        sentences=tuple(sentences),
        positives=positives // count,
        negatives=negatives // count,
        keeps_pool=keeps,
        disk_bytes=disk - there,
    )


def expertise_bytes(units: Units, positives: int, negatives: int) -> int:
    """Bytes of one concept's expertise file: its arrays, and the header with the table of units."""
    per_unit = sum(8 if name in _WIDE else 4 for name in STATISTICS)
    per_unit += 8 * (positive_weight(positives, negatives) != 1.0)
    table = json.dumps(json.dumps(asdict(units)))  # JSON inside JSON, as the header holds it
    return per_unit * units.count + 8 * len(units.modules) + len(table) + HEADER_BYTES


def _pool_state(plan: Plan, artefacts: Artefacts) -> tuple[bool, bool, set[int]]:
    """Whether the pool's responses will be kept, whether they are there, and the chunks of them that are."""
    if plan.pool is None:
        return False, False, set()
    demand = sum(plan.request.drawn(concept) for concept in plan.drawing)
    if plan.record is None:
        return demand >= len(plan.pool), False, set()
    if not fits(plan.pool, plan.record, artefacts):
        return False, False, set()
    key = pool_key(plan.request, plan.record, plan.pool)
    if artefacts.has(key):
        return True, True, set()
    demand += artefacts.documents.get(f"pool demand/{key.digest}") or 0
    done = chunks_done(plan.request, plan.record, plan.pool, artefacts)
    return demand >= len(plan.pool), False, set(np.flatnonzero(done).tolist())

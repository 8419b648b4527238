"""The plan of a find: which results it asks for, and which of them are there. Loads no model."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from ..artefacts import ArtefactKey, Artefacts, digest_of, open_artefacts
from ..concepts import Concept, Library, NegativePool, clean_library, load_library, size_warnings
from ..concepts.mention import simply_spelled
from ..errors import InputError, shortened
from ..experts.ties import TOLERANCE, WIDTH
from ..models.label import model_label
from .model_record import ModelRecord, known_record
from .pool import find_pool
from .pool_responses import recipe_fields
from .positives import choose_positives
from .request import FindRequest

VERSION = 2
"""Of the expertise stage: raised when extraction, the draw or scoring gives other numbers."""


@dataclass(frozen=True, eq=False)
class Plan:
    """What a request comes to."""

    request: FindRequest
    library: Library
    concepts: tuple[Concept, ...]
    """The chosen ones, in library order."""
    pool: NegativePool | None
    """None where every concept brings its own negatives."""
    record: ModelRecord | None
    """None where the model has not been loaded here before: then no key is known."""
    keys: dict[str, ArtefactKey]
    """Concept key → key of its expertise."""
    missing: tuple[str, ...]
    """Keys of the concepts without a cached result."""

    @property
    def finished(self) -> tuple[str, ...]:
        """Keys of the concepts that have a result, in library order."""
        missing = set(self.missing)
        return tuple(concept.key for concept in self.concepts if concept.key not in missing)

    @property
    def drawing(self) -> tuple[Concept, ...]:
        """The concepts without a result that draw their negatives from the pool."""
        missing = set(self.missing)
        return tuple(c for c in self.concepts if c.key in missing and not c.negatives)


def plan_find(
    request: FindRequest,
    *,
    library: Library | None = None,
    record: ModelRecord | None = None,
    artefacts: Artefacts | None = None,
) -> Plan:
    """Resolve a request as far as that goes without a model.

    Args:
        request: what to find.
        library: the library itself, when it is at hand.
        record: of the model; default what an earlier load left.
        artefacts: the cache.

    Raises:
        InputError: unknown library or concept, or a concept with too few sentences.
    """
    store = artefacts or open_artefacts()
    library = library or load_library(request.library)
    if request.clean:
        library = clean_library(library)
    concepts = choose_concepts(library, request.names)
    for concept in concepts:
        size_warnings(concept.key, len(set(concept.positives)), len(set(concept.negatives or "ok")))
    drawing = any(not concept.negatives for concept in concepts)
    pool = find_pool(request, library, store) if drawing else None
    record = record or known_record(request, store)
    keys = {}
    if record is not None:
        keys = {concept.key: expertise_key(request, record, concept, pool) for concept in concepts}
    missing = tuple(c.key for c in concepts if record is None or not store.has(keys[c.key]))
    return Plan(request, library, concepts, pool, record, keys, missing)


def choose_concepts(library: Library, names: tuple[str, ...]) -> tuple[Concept, ...]:
    """Concepts of a library by key, or by name (then in all its senses); none given takes all.

    Raises:
        InputError: when the library has no such concept; names the nearest.
    """
    if not names:
        return library.concepts
    wanted: set[str] = set()
    for name in names:
        found = library.named(name)
        if not found:
            near = difflib.get_close_matches(name, library.keys, 3) or list(library.keys[:3])
            raise InputError(
                f"library {shortened(library.name)!r} has no concept {shortened(name)!r}: expected one of its "
                f"{len(library)}, such as {shortened(', '.join(near), 80)}; 'concepts list' shows them all"
            )
        wanted.update(found)
    return tuple(concept for concept in library if concept.key in wanted)


def expertise_key(
    request: FindRequest, record: ModelRecord, concept: Concept, pool: NegativePool | None
) -> ArtefactKey:
    """Key of one concept's expertise: everything that its numbers depend on."""
    fields = recipe_fields(request, record) | {
        "concept": concept.digest,
        "positives": digest_of(choose_positives(concept, request.positives)),
        "ties": f"{WIDTH:g} x {TOLERANCE:g}",
    }
    if concept.negatives:
        fields["negatives"] = digest_of(concept.negatives)
    elif pool is not None:
        fields |= {
            "pool": pool.digest,
            "negatives drawn": request.drawn(concept),
            "match": ",".join(sorted(request.match)),
            "seed": request.seed,
        }
        if not (simply_spelled(concept.name) and pool.simply_spelled):
            fields["mentions"] = 2  # others are drawn than before marks and scripts were told apart
    return ArtefactKey("expertise", VERSION, fields, "result", f"{concept.key} in {model_label(record.name)}")

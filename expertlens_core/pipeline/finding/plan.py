"""The plan of a find: which results it asks for, and which of them are there. Loads no model."""

import difflib
import hashlib
from dataclasses import dataclass
from functools import cached_property

from ...artefacts import ArtefactKey, digest_of
from ...concepts import Concept, Library, NegativePool, clean_library, draw_negatives, size_warnings
from ...concepts.mention import simply_spelled
from ...errors import InputError, shortened
from ...experts.ties import TOLERANCE, WIDTH
from ...models.label import model_label
from ...run import Run
from .model_record import ModelRecord, known_record, recipe_fields
from .pool import find_pool
from .request import FindRequest

VERSION = 2
"""Of the expertise stage: raised when extraction, the draw or scoring gives other numbers."""


@dataclass(frozen=True, eq=False)
class Plan:
    """The results that a request asks for."""

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
    def known(self) -> ModelRecord:
        """The record, for work that cannot do without it."""
        if self.record is None:
            raise RuntimeError("a plan without the record of its model cannot be computed")
        return self.record

    @property
    def drawn_from(self) -> NegativePool:
        """The pool, for work that cannot do without it."""
        if self.pool is None:
            raise RuntimeError("a plan without a negative pool draws nothing from it")
        return self.pool

    @property
    def finished(self) -> tuple[str, ...]:
        """Keys of the concepts that have a result, in library order."""
        missing = set(self.missing)
        return tuple(concept.key for concept in self.concepts if concept.key not in missing)

    @cached_property
    def unfinished(self) -> tuple[Concept, ...]:
        """The concepts without a result, in library order."""
        missing = set(self.missing)
        return tuple(concept for concept in self.concepts if concept.key in missing)

    @property
    def drawing(self) -> tuple[Concept, ...]:
        """The concepts without a result that draw their negatives from the pool."""
        return tuple(concept for concept in self.unfinished if not concept.negatives)

    @property
    def demand(self) -> int:
        """Sentences that these concepts draw from the pool."""
        return sum(self.request.drawn(concept) for concept in self.drawing)

    @cached_property
    def results(self) -> str:
        """SHA-256 (hex) of the concepts that have a result, with their results' keys, in order."""
        return self.digest_of(self.finished)

    def digest_of(self, concepts: tuple[str, ...]) -> str:
        """SHA-256 (hex) of some concepts with their results' keys, in order."""
        return digest_of([[key, self.keys[key].digest] for key in concepts])

    def positives(self, concept: Concept) -> tuple[str, ...]:
        """The sentences of a concept that are used."""
        return choose_positives(concept, self.request.positives)

    def negatives(self, concept: Concept) -> tuple[tuple[str, ...], tuple[int, ...] | None]:
        """The sentences without a concept: its own, or those drawn for it, with their rows in the pool."""
        if concept.negatives or self.pool is None:
            return concept.negatives or (), None
        request = self.request
        rows = draw_negatives(self.pool, concept, request.drawn(concept), request.seed, match=request.match)
        return tuple(self.pool.sentences[row] for row in rows), rows


def plan_find(request: FindRequest, run: Run) -> Plan:
    """Resolve a request as far as that goes without loading a model.

    Raises InputError for an unknown library or concept, or a concept with too few sentences.
    """
    library = run.library_named(request.library)
    if request.clean:
        library = clean_library(library)
    concepts = choose_concepts(library, request.names)
    for concept in concepts:
        size_warnings(concept.key, len(set(concept.positives)), len(set(concept.negatives or "ok")))
    drawing = any(not concept.negatives for concept in concepts)
    pool = find_pool(request, library, run.artefacts) if drawing else None
    record = known_record(request, run.artefacts) if run.model is None else ModelRecord.of(run.model)
    keys = {}
    if record is not None:
        keys = {concept.key: expertise_key(request, record, concept, pool) for concept in concepts}
    missing = tuple(c.key for c in concepts if record is None or not run.artefacts.has(keys[c.key]))
    return Plan(request, library, concepts, pool, record, keys, missing)


def choose_concepts(library: Library, names: tuple[str, ...]) -> tuple[Concept, ...]:
    """Concepts of a library by key, or by name (then in all its senses); none given takes all.

    Raises InputError that names the nearest when the library has no such concept.
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


def choose_positives(concept: Concept, count: int) -> tuple[str, ...]:
    """At most `count` positive sentences, in the order of the set.

    Those with the lowest hash of their text, so that neither the order of the set nor sentences added later change the
    choice more than they must; half of them facts and half stories where the kinds are known, filled up from the other
    kind where one has too few.
    """
    if len(concept.positives) <= count:
        return concept.positives
    kinds = concept.kinds or ("",) * len(concept.positives)
    turns: dict[str, int] = {}
    order: list[tuple[int, str, int]] = []
    data = [sentence.encode("utf-8", "surrogatepass") for sentence in concept.positives]
    for digest, row in sorted((hashlib.sha256(each).hexdigest(), row) for row, each in enumerate(data)):
        turn = turns[kinds[row]] = turns.get(kinds[row], -1) + 1
        order.append((turn, digest, row))
    return tuple(concept.positives[row] for row in sorted(row for _, _, row in sorted(order)[:count]))


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
        if "kind" in request.match and concept.kinds:
            fields["kinds"] = digest_of(concept.kinds)  # they decide how many of each kind are drawn
        if not (simply_spelled(concept.name) and pool.simply_spelled):
            fields["mentions"] = 2  # others are drawn than before marks and scripts were told apart
    return ArtefactKey("expertise", VERSION, fields, "result", f"{concept.key} in {model_label(record.name)}")

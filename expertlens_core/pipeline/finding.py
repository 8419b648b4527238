"""Find: from a request to the expertise of each concept, the cache first."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..artefacts import ArrayFile, Artefacts, open_artefacts
from ..concepts import Concept, Library, draw_negatives, size_warnings
from ..errors import Cancelled, InputError
from ..experts.expertise import Expertise
from .device_pool import DevicePool
from .expertise_file import expertise_arrays, expertise_from_file, expertise_info, library_versions
from .model_record import ModelRecord, keep_record
from .plan import Plan, plan_find
from .pool_responses import fits, pool_key, pool_responses, run_model
from .positives import choose_positives
from .request import Cancelled as CancelledCheck
from .request import FindRequest, Progress

if TYPE_CHECKING:
    from ..models.language_model import LanguageModel


@dataclass(frozen=True, eq=False)
class Found:
    """One concept's result."""

    concept: Concept
    expertise: Expertise
    digest: str
    """Of the artefact's key."""
    checksum: str
    """Of the artefact's content."""
    cached: bool
    """True where nothing had to be computed."""
    about: dict[str, Any]
    """How it came about: model, revision, library, pool, request, versions of the libraries."""


def find(
    request: FindRequest,
    *,
    library: Library | None = None,
    model: LanguageModel | None = None,
    artefacts: Artefacts | None = None,
    progress: Progress | None = None,
    cancelled: CancelledCheck | None = None,
) -> Iterator[Found]:
    """The expertise of each concept of a request, in library order, each kept as soon as it is there.

    What is cached is read without loading the model. Otherwise the responses to the negative pool are
    computed once, then each concept costs its own sentences. A run that is stopped or killed goes on where
    it was: finished concepts and finished chunks of the pool are on the disk.

    Args:
        request: what to find.
        library: the library, when it is at hand; default ``request.library``.
        model: the model, when it is loaded; default ``request.model``, loaded when needed.
        artefacts: the cache; default the one of this computer.
        progress: called with sentences run, sentences in all, and what is going on.
        cancelled: asked before each batch.

    Returns:
        An iterator.

    Raises:
        InputError: at once for an unknown library, concept or value; on the way for an unusable model.
        Cancelled: on the way, when `cancelled` said so.
    """
    store = artefacts or open_artefacts()
    record = None if model is None else ModelRecord.of(model)
    plan = plan_find(request, library=library, record=record, artefacts=store)
    return _Run(plan, model, store, progress, cancelled).results()


class _Run:
    """The state of one find: the model and the pool's responses, got when they are first needed."""

    def __init__(
        self,
        plan: Plan,
        model: LanguageModel | None,
        artefacts: Artefacts,
        progress: Progress | None,
        cancelled: CancelledCheck | None,
    ) -> None:
        self.plan = plan
        self.request = plan.request
        self.artefacts = artefacts
        self.cancelled = cancelled
        self._progress = progress
        self._model = model
        self._pool: DevicePool | None = None
        self._done = self._total = 0

    def results(self) -> Iterator[Found]:
        if self.plan.missing and self._model is None:
            record = ModelRecord.of(self.model())
            self.plan = plan_find(
                self.request, library=self.plan.library, record=record, artefacts=self.artefacts
            )
        self._total = self._sentences_to_run()
        for number, concept in enumerate(self.plan.concepts, 1):
            if self.cancelled and self.cancelled():
                raise Cancelled(f"stopped after {number - 1} of {len(self.plan.concepts)} concepts")
            key = self.plan.keys[concept.key]
            cached = True

            def compute(concept: Concept = concept) -> tuple[dict[str, Any], dict[str, Any]]:
                nonlocal cached
                cached = False
                return self._compute(concept)

            file = self.artefacts.computed(key, compute, mapped=False, cancelled=self.cancelled)
            self._report(f"{concept.key} ({number} of {len(self.plan.concepts)})")
            yield _found(concept, file, key.digest, cached)

    def model(self) -> LanguageModel:
        """The model, loaded once."""
        if self._model is None:
            self._report(f"loading {self.request.model}")
            self._model = load_for(self.request, self.artefacts)
            record, planned = ModelRecord.of(self._model), self.plan.record
            changed = planned is not None and planned.to_json() != record.to_json()
            if changed and not self.plan.missing:
                raise InputError(
                    f"model {self.request.model!r} is not the one that the cached results came from: it has "
                    "changed since, so run the command again"
                )
        return self._model

    def _compute(self, concept: Concept) -> tuple[dict[str, Any], dict[str, Any]]:
        started = time.perf_counter()
        request, model, record = self.request, self.model(), self.plan.record
        if record is None:
            raise RuntimeError("the plan has no model record")
        chosen = choose_positives(concept, request.positives)
        pool = None if concept.negatives else self.plan.pool
        drawn: tuple[int, ...] = ()
        if pool is not None:
            drawn = draw_negatives(pool, concept, request.negatives, request.seed, match=request.match)
        count = len(concept.negatives) if concept.negatives else len(drawn)
        size_warnings(concept.key, len(chosen), count)
        warnings = []
        if pool is not None and not any(pool.owners):
            warnings.append(
                f"Negatives come from the pool {pool.name!r}, written apart from the positives: some experts "
                "may be experts of style."
            )
        if pool is not None and fits(pool, record, self.artefacts):
            (off, off_rows), cut = self._pool_responses().negatives(drawn), 0
            on = self._run(chosen, concept.key)
        else:
            sentences = concept.negatives or tuple(pool.sentences[row] for row in drawn if pool is not None)
            on = self._run(chosen, concept.key)
            against = self._run(sentences, f"{concept.key}, negatives")
            off, off_rows, cut = against.values, None, against.truncated
        if on.truncated + cut:
            did = "dropped" if request.pooling == "selfcond-2022" else "cut"
            warnings.append(
                f"{on.truncated + cut} sentences were longer than {request.max_tokens} tokens and {did}."
            )
        from ..experts.score import score

        expertise = score(
            record.units,
            concept.key,
            on.values,
            off,
            off_rows=off_rows,
            first_token_share=on.first_token_share,
            truncated=on.truncated + cut,
            warnings=warnings,
        )
        about = {
            "name": concept.name,
            "sense": concept.sense,
            "domain": concept.domain,
            "broader": concept.broader,
            "library": self.plan.library.name,
            "pool": "" if pool is None else pool.name,
            "model": record.name,
            "revision": record.revision,
            "prefix": record.prefix,
            "request": request.to_json(),
            "versions": library_versions(),
            "device": str(model.device),
            "seconds": round(time.perf_counter() - started, 3),
        }
        return expertise_arrays(expertise), {**about, **expertise_info(expertise)}

    def _pool_responses(self) -> DevicePool:
        if self._pool is None:
            plan = self.plan
            if plan.pool is None or plan.record is None:
                raise RuntimeError("the plan has no pool")
            started = self._done
            missing = not self.artefacts.has(pool_key(self.request, plan.record, plan.pool))

            def step(done: int) -> None:
                self._done = started + done
                self._report(f"negative pool {plan.pool.name if plan.pool else ''}")

            responses = pool_responses(
                self.request, plan.record, plan.pool, self.artefacts, self.model,
                progress=step, cancelled=self.cancelled,
            )  # fmt: skip
            if missing:
                self._done = started + len(plan.pool)
            self._pool = DevicePool(responses, self.model().device)
        return self._pool

    def _run(self, sentences: tuple[str, ...], what: str) -> Any:
        started = self._done

        def step(done: int) -> None:
            self._done = started + done
            self._report(what)

        responses = run_model(self.request, self.model(), sentences, step, self.cancelled)
        self._done = started + len(sentences)
        return responses

    def _sentences_to_run(self) -> int:
        plan, total, drawing = self.plan, 0, False
        if plan.record is None:
            return 0
        stored = plan.pool is not None and fits(plan.pool, plan.record, self.artefacts)
        for concept in plan.concepts:
            if concept.key in plan.missing:
                total += min(len(concept.positives), self.request.positives) + len(concept.negatives or ())
                drawing = drawing or not concept.negatives
                if not stored and not concept.negatives:
                    total += self.request.negatives
        if drawing and stored and plan.pool is not None:
            total += (
                0 if self.artefacts.has(pool_key(self.request, plan.record, plan.pool)) else len(plan.pool)
            )
        return total

    def _report(self, what: str) -> None:
        if self._progress:
            self._progress(min(self._done, self._total), self._total, what)


def load_for(request: FindRequest, artefacts: Artefacts) -> LanguageModel:
    """Load the model of a request, and leave its record and its files' digests for later processes."""
    from ..models.loading import load_model

    memo: dict[str, str] = artefacts.documents.get("weight digests") or {}
    known = len(memo)
    model = load_model(
        request.model,
        request.revision,
        dtype=request.dtype,
        device=request.device,
        attention=request.attention,
        modules=request.modules,
        include_norms=request.include_norms,
        digest_memo=memo,
    )
    if len(memo) != known:
        artefacts.documents.put("weight digests", memo)
    keep_record(request, ModelRecord.of(model), artefacts)
    return model


def _found(concept: Concept, file: ArrayFile, digest: str, cached: bool) -> Found:
    about = json.loads(file.metadata["info"])
    about.pop("units")
    return Found(concept, expertise_from_file(file), digest, file.checksum, cached, about)

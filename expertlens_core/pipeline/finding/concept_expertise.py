"""One concept's expertise: its sentences through the model, then the score of every unit."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ...artefacts import Rows
from ...concepts import Concept, NegativePool, set_warnings
from ...run import Run
from .expertise_file import expertise_arrays, expertise_info, library_versions
from .model_record import load_for
from .plan import Plan
from .pool_responses import PoolResponses, fits, pool_demand, pool_key, pool_responses
from .request import FindRequest

if TYPE_CHECKING:
    import numpy as np

    from ...models.language_model import LanguageModel
    from ...models.units import Responses


class Session:
    """The model of one find, loaded when it is first needed, and a count of the sentences that it reads."""

    def __init__(self, plan: Plan, run: Run) -> None:
        self.plan, self.run = plan, run
        self._model: LanguageModel | None = None
        self._pool: PoolResponses | None = None
        self._keeps: bool | None = None
        self._done = self._total = 0

    def model(self) -> LanguageModel:
        """The model, loaded once."""
        if self._model is None:
            self._model = load_for(self.plan.request, self.run)
        return self._model

    def responses(self, sentences: tuple[str, ...], what: str) -> Responses:
        """Responses to some sentences."""
        started = self._done

        def step(done: int, _total: int) -> None:
            self._done = started + done
            self.report(what)

        made = run_model(self.plan.request, self.model(), sentences, step, self.run.cancelled)
        self._done = started + len(sentences)
        return made

    def pool(self) -> PoolResponses:
        """Responses to the plan's negative pool."""
        if self._pool is None:
            name = f"negative pool {self.plan.pool.name if self.plan.pool else ''}"
            device = self.model().device
            self._pool = pool_responses(
                self.plan, self.run, device, lambda texts: self.responses(texts, name)
            )
        return self._pool

    def keeps_pool(self) -> bool:
        """Whether the whole pool is run and kept, or each concept runs the negatives drawn for it.

        A first concept should not wait for the whole pool: until as many negatives have been asked for as the pool
        holds, they run with their concept. So all of it costs at most twice what it must.
        """
        if self._keeps is None:
            self._keeps = fits(self.plan, self.run) and self._decide()
        return self._keeps

    def _decide(self) -> bool:
        if self.run.artefacts.has(pool_key(self.plan)):
            return True
        demand, name = pool_demand(self.plan, self.run)
        self.run.artefacts.documents.put(name, demand)
        return self.plan.pool is not None and demand >= len(self.plan.pool)

    def expect(self) -> None:
        """Count the sentences that the plan's missing results will run."""
        plan = self.plan
        if plan.record is None:
            return
        missing = [concept for concept in plan.concepts if concept.key in plan.missing]
        self._total = sum(len(plan.positives(each)) + len(each.negatives or ()) for each in missing)
        if plan.drawing and plan.pool is not None:
            if not self.keeps_pool():
                self._total += sum(plan.request.drawn(concept) for concept in plan.drawing)
            elif not self.run.artefacts.has(pool_key(plan)):
                self._total += len(plan.pool)

    def report(self, what: str) -> None:
        """Tell the progress how far it is."""
        self.run.progress(min(self._done, self._total), self._total, what)


def concept_expertise(
    concept: Concept, session: Session
) -> tuple[dict[str, np.ndarray | Rows], dict[str, Any]]:
    """Arrays and information of a concept's expertise artefact.

    Raises:
        InputError: with fewer than two different sentences in either set, or responses that are no numbers.
        Cancelled: when the run is asked to stop.
    """
    from ...experts.score import score

    plan = session.plan
    record = plan.record
    if record is None:
        raise RuntimeError("a plan without a model record cannot be computed")
    started = time.perf_counter()
    chosen = plan.positives(concept)
    negatives, drawn = plan.negatives(concept)
    warnings = set_warnings(concept.key, concept.name, chosen, negatives)
    if drawn is not None and session.keeps_pool():
        off, off_rows = session.pool().of(drawn)
        too_long = 0
    else:
        responses = session.responses(negatives, f"{concept.key}, negatives")
        off, off_rows, too_long = responses.values, None, responses.truncated
    on = session.responses(chosen, concept.key)
    too_long += on.truncated
    pool = None if drawn is None else plan.pool
    expertise = score(
        record.units,
        concept.key,
        on.values,
        off,
        off_rows=off_rows,
        first_token_share=on.first_token_share,
        truncated=too_long,
        warnings=(*session.model().notes, *warnings, *_warnings(plan, pool, too_long)),
    )
    about = {
        "name": concept.name,
        "sense": concept.sense,
        "domain": concept.domain,
        "broader": concept.broader,
        "library": plan.library.name,
        "pool": "" if pool is None else pool.name,
        "model": record.name,
        "revision": record.revision,
        "prefix": record.prefix,
        "request": plan.request.to_json(),
        "versions": library_versions(),
        "device": str(session.model().device),
        "seconds": round(time.perf_counter() - started, 3),
    }
    return {**expertise_arrays(expertise)}, {**about, **expertise_info(expertise)}


def run_model(
    request: FindRequest,
    model: LanguageModel,
    sentences: Sequence[str],
    progress: Any = None,
    cancelled: Any = None,
) -> Responses:
    """Responses of the model to some sentences, by the request's recipe."""
    from ...models.extraction import extract_responses

    return extract_responses(
        model,
        sentences,
        pooling=request.pooling,
        max_tokens=request.max_tokens,
        progress=progress,
        cancelled=cancelled,
    )


def _warnings(plan: Plan, pool: NegativePool | None, too_long: int) -> list[str]:
    found = []
    if pool is not None and not any(pool.owners):
        found.append(
            f"Negatives come from the pool {pool.name!r}, written apart from the positives: some experts may "
            "be experts of style."
        )
    if too_long:
        did = "left out" if plan.request.pooling == "selfcond-2022" else "cut"
        found.append(f"{too_long} sentences were longer than {plan.request.max_tokens} tokens and {did}.")
    return found

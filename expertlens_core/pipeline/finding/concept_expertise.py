"""One concept's expertise: its sentences through the model, then the score of every unit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ...artefacts import Rows
from ...concepts import Concept, NegativePool, set_warnings
from ...run import Run
from .expertise_file import expertise_arrays, expertise_info, library_versions
from .model_record import load_for
from .plan import Plan
from .pool import PoolResponses, pool_left, pool_responses
from .request import FindRequest

if TYPE_CHECKING:
    import numpy as np

    from ...models.language_model import LanguageModel
    from ...models.units import Responses


class Session:
    """The model of one find, loaded when it is first needed, and a count of the sentences that it reads."""

    def __init__(self, plan: Plan, run: Run) -> None:
        self.plan, self.run = plan, run
        self.total = self._done = 0

    @cached_property
    def model(self) -> LanguageModel:
        """The model, loaded once."""
        return load_for(self.plan.request, self.run)

    def responses(self, sentences: tuple[str, ...], what: str) -> Responses:
        """Responses to some sentences; `what` is what the progress calls them."""
        started = self._done
        told = {"progress": self.step(what), "cancelled": self.run.cancelled}
        made = run_model(self.plan.request, self.model, sentences, **told)
        self._done = started + len(sentences)
        return made

    def step(self, what: str) -> Callable[[int, int], None]:
        """A progress for one pass through the model, told as part of all sentences."""
        started = self._done

        def step(done: int, _total: int) -> None:
            self._done = started + done
            self.report(what)

        return step

    @cached_property
    def pool(self) -> PoolResponses:
        """Responses to the plan's negative pool."""
        name = f"negative pool {self.plan.drawn_from.name}"
        device = self.model.device
        return pool_responses(self.plan, self.run, device, lambda texts: self.responses(texts, name))

    @cached_property
    def pool_left(self) -> tuple[str, ...] | None:
        """The pool's sentences that have still to run; None where each concept runs the negatives drawn for it."""
        return pool_left(self.plan, self.run, count=True)

    def expect(self) -> None:
        """Count the sentences that the plan's missing results will run."""
        plan = self.plan
        self.total = sum(len(plan.positives(each)) + len(each.negatives or ()) for each in plan.unfinished)
        if plan.drawing:
            self.total += plan.demand if self.pool_left is None else len(self.pool_left)

    def report(self, what: str) -> None:
        """Tell the run how many sentences are done."""
        self.run.progress(min(self._done, self.total), self.total, what)


def concept_expertise(
    concept: Concept, session: Session
) -> tuple[dict[str, np.ndarray | Rows], dict[str, Any]]:
    """Arrays and information of a concept's expertise artefact.

    Raises InputError with fewer than two different sentences in either set, or responses that are no numbers.
    """
    from ...experts.score import score

    plan, record = session.plan, session.plan.known
    chosen = plan.positives(concept)
    negatives, drawn = plan.negatives(concept)
    warnings = set_warnings(concept.key, concept.name, chosen, negatives)
    if drawn is not None and session.pool_left is not None:
        off, off_rows = session.pool.of(drawn)
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
        warnings=(*session.model.notes, *warnings, *_warnings(plan, pool, too_long)),
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
        "request": replace(plan.request, names=(concept.key,)).to_json(),
        "versions": library_versions(),
        "device": str(session.model.device),
    }
    return {**expertise_arrays(expertise)}, {**about, **expertise_info(expertise)}


def run_model(
    request: FindRequest, model: LanguageModel, sentences: Sequence[str], **options: Any
) -> Responses:
    """Responses of the model to some sentences, by the request's recipe; the rest as `extract_responses`."""
    from ...models.extraction import extract_responses

    options |= {"pooling": request.pooling, "max_tokens": request.max_tokens}
    return extract_responses(model, sentences, **options)


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

"""The session of one find: the model and the pool's responses, got when they are first needed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..artefacts import Artefacts
from ..models.label import model_label
from .device_pool import DevicePool
from .model_record import ModelRecord, keep_record
from .plan import Plan
from .pool_responses import fits, pool_key, pool_responses, run_model
from .request import Cancelled, FindRequest, Progress

if TYPE_CHECKING:
    from ..models.language_model import LanguageModel
    from ..models.units import Responses


Load = Callable[..., "LanguageModel"]
"""Takes the arguments of `load_model`; `ModelStore.get` keeps one model per device."""


class Session:
    """Runs sentences through one model, and counts them for the progress."""

    def __init__(
        self,
        request: FindRequest,
        model: LanguageModel | None,
        artefacts: Artefacts,
        progress: Progress | None = None,
        cancelled: Cancelled | None = None,
        load: Load | None = None,
    ) -> None:
        self.request = request
        self.artefacts = artefacts
        self.cancelled = cancelled
        self._progress = progress
        self._model = model
        self._load = load
        self._pool: DevicePool | None = None
        self._keeps: bool | None = None
        self._done = self._total = 0

    def model(self) -> LanguageModel:
        """The model, loaded once."""
        if self._model is None:
            self.report(f"loading {model_label(self.request.model)}")
            self._model = load_for(self.request, self.artefacts, self._load)
        return self._model

    def responses(self, sentences: tuple[str, ...], what: str) -> Responses:
        """Responses to some sentences."""
        started = self._done

        def step(done: int) -> None:
            self._done = started + done
            self.report(what)

        responses = run_model(self.request, self.model(), sentences, step, self.cancelled)
        self._done = started + len(sentences)
        return responses

    def pool(self, plan: Plan) -> DevicePool:
        """Responses to the plan's negative pool."""
        if self._pool is None:
            if plan.pool is None or plan.record is None:
                raise RuntimeError("a plan without pool or record has no pool responses")
            pool, started = plan.pool, self._done
            missing = not self.artefacts.has(pool_key(self.request, plan.record, pool))

            def step(done: int) -> None:
                self._done = started + done
                self.report(f"negative pool {pool.name}")

            responses = pool_responses(
                self.request, plan.record, pool, self.artefacts, self.model,
                progress=step, cancelled=self.cancelled,
            )  # fmt: skip
            self._done = started + len(pool) * missing
            self._pool = DevicePool(responses, self.model().device)
        return self._pool

    def keeps_pool(self, plan: Plan) -> bool:
        """Whether the whole pool is run and kept, or each concept runs the negatives drawn for it.

        A first concept should not wait for the whole pool: until as many negatives have been asked for as
        the pool holds, they run with their concept. So all of it costs at most twice what it must.
        """
        if self._keeps is None:
            self._keeps = self._decide(plan)
        return self._keeps

    def _decide(self, plan: Plan) -> bool:
        if plan.pool is None or plan.record is None or not fits(plan.pool, plan.record, self.artefacts):
            return False
        key = pool_key(self.request, plan.record, plan.pool)
        if self.artefacts.has(key):
            return True
        name = f"pool demand/{key.digest}"
        drawn = sum(self.request.drawn(concept) for concept in plan.drawing)
        demand = (self.artefacts.documents.get(name) or 0) + drawn
        self.artefacts.documents.put(name, demand)
        return demand >= len(plan.pool)

    def expect(self, plan: Plan) -> None:
        """Count the sentences that the plan's missing results will run."""
        if plan.record is None:
            return
        drawing = plan.drawing
        self._total = 0
        for concept in plan.concepts:
            if concept.key in plan.missing:
                self._total += min(len(concept.positives), self.request.positives) + len(
                    concept.negatives or ()
                )
        if drawing and plan.pool is not None:
            if not self.keeps_pool(plan):
                self._total += sum(self.request.drawn(concept) for concept in drawing)
            elif not self.artefacts.has(pool_key(self.request, plan.record, plan.pool)):
                self._total += len(plan.pool)

    def report(self, what: str) -> None:
        """Tell the progress where things stand."""
        if self._progress:
            self._progress(min(self._done, self._total), self._total, what)


def load_for(request: FindRequest, artefacts: Artefacts, load: Load | None = None) -> LanguageModel:
    """Load the model of a request, and leave its record and its files' digests for later processes."""
    from ..models.loading import load_model

    memo: dict[str, str] = artefacts.documents.get("weight digests") or {}
    known = len(memo)
    options: dict[str, Any] = {
        "dtype": request.dtype,
        "device": request.device,
        "attention": request.attention,
        "modules": request.modules,
        "include_norms": request.include_norms,
    }
    if load is None:
        model = load_model(request.model, request.revision, **options, digest_memo=memo)
    else:
        model = load(request.model, request.revision, **options)
    if len(memo) != known:
        artefacts.documents.put("weight digests", memo)
    keep_record(request, ModelRecord.of(model), artefacts, model.state)
    return model

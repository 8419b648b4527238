"""What the Unit page asks for: responses as far as they were read, and the unit token by token."""

from dataclasses import dataclass, replace

import streamlit as st

from expertlens_core.experts.interval import UnitRanks
from expertlens_core.pipeline import Plan
from expertlens_core.pipeline.looking.unit import UnitSeen
from expertlens_core.pipeline.looking.unit_request import UnitRequest
from expertlens_core.pipeline.looking.unit_responses import UnitResponses, ranks_of
from expertlens_core.pipeline.looking.unit_table import UnitTable
from pages.shared.selection import Selection
from pages.shared.services import services
from pages.shared.waiting import known, stage_job, start_stage, wait_for


@dataclass(frozen=True, eq=False)
class Read:
    """A unit's responses, and how well they tell the concept apart."""

    responses: UnitResponses
    ranks: UnitRanks
    """With intervals."""


@dataclass(frozen=True)
class Asked:
    """One unit, as its results are asked for."""

    request: UnitRequest
    about: tuple[str, ...]
    """What results depend on beside the request: library and results, by digest."""

    @property
    def unit(self) -> str:
        return self.request.unit

    @property
    def every(self) -> UnitRequest:
        """The same, over the sentences of all concepts."""
        return replace(self.request, every=True)

    @property
    def every_job(self) -> str:
        return stage_job("unit responses", self.every, self.about)

    def start_every(self) -> None:
        title = f"sentences of all concepts, unit {self.unit}"
        start_stage("unit responses", self.every, title, about=self.about, quick=False)

    def read(self, table: UnitTable) -> Read | None:
        """The responses to all sentences that were read for it, where they were."""
        for request in (self.every, self.request):
            made: UnitResponses | None = known("unit responses", request, about=self.about)
            if made is not None:
                return Read(made, ranks_of(made.on, made.off, table.reweighted))
        return None

    def wait(self) -> None:
        """Draw the job that reads the concept's sentences, which is started where there is none."""
        title = f"sentences of {self.request.concept}, unit {self.unit}"
        if wait_for("unit responses", self.request, title, about=self.about) is not None:
            st.rerun()

    def seen(self, table: UnitTable, every: bool) -> UnitSeen | None:
        """The unit token by token: at once where the model is in memory, else by a job, which is drawn."""
        shared = services()
        request = self.every if every else self.request
        title = f"unit {self.unit} token by token"
        if known("unit", request, about=self.about) is None:
            here = {model.digest for model in shared.models.resident().values()}
            if table.found.record.digest in here:
                with shared.turns.held():
                    known("unit", request, about=self.about, compute=True)
        made: UnitSeen | None = wait_for("unit", request, title, about=self.about)
        return made


def ask(chosen: Selection, plan: Plan, unit: str) -> Asked:
    return Asked(UnitRequest(plan.request, unit, chosen.concept.key), (plan.results, chosen.library.digest))

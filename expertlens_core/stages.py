"""The stages by name: what jobs of the pages, the command line and a notebook can ask for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from .request import Request
from .run import Run


@dataclass(frozen=True)
class Stage:
    """A request's type and the function that answers it: `function(request, run) -> result`."""

    room: str
    """Module of both, below `pipeline`."""
    asks: str
    does: str
    counts: str = "sentences"
    """What its progress counts."""
    runs_model: bool = False
    """Whether it finds missing experts and runs sentences; the others only compare what is there."""
    command: bool = False
    """Whether a command of its name writes its result as JSON; commands that write more stand in `cli`."""
    resumes: bool = True
    """Whether what was finished before a stop is kept, so that the next run goes on there."""

    @property
    def request(self) -> type[Request]:
        """The type of its request."""
        return getattr(import_module(f".pipeline.{self.room}", __package__), self.asks)

    @property
    def function(self) -> Callable[[Any, Run], Any]:
        """What answers it."""
        return getattr(import_module(f".pipeline.{self.room}", __package__), self.does)


STAGES = {
    "generate": Stage("probing.generate", "GenerateRequest", "generate", runs_model=True),
    "harvest": Stage("probing.harvest", "HarvestRequest", "harvest", "bytes", resumes=False),
    "audit": Stage("probing.audit", "AuditRequest", "audit", runs_model=True),
    "find": Stage("finding.find", "FindRequest", "find", runs_model=True),
    "lens table": Stage("looking.lens_table", "LensRequest", "lens_table", runs_model=True),
    "unit table": Stage("looking.unit_table", "FindRequest", "unit_table", "concepts"),
    "unit responses": Stage("looking.unit_responses", "UnitRequest", "unit_responses", runs_model=True),
    "unit": Stage("looking.unit", "UnitRequest", "unit_seen", runs_model=True, resumes=False),
    "alike": Stage("looking.alike", "UnitRequest", "alike", "units"),
    "counts": Stage("finding.find", "FindRequest", "counts"),
    "layers": Stage("finding.layers", "LayersRequest", "layers", "concepts", command=True),
    "layers of models": Stage("finding.layers", "LayersRequest", "layers_of_models", "concepts"),
    "control": Stage("finding.controls", "ControlRequest", "control_ap", runs_model=True),
    "similarity": Stage("meaning.similarity", "SimilarityRequest", "similarity", "steps"),
    "map": Stage("meaning.domains", "DomainRequest", "concept_map", "steps"),
    "domains": Stage("meaning.domains", "DomainRequest", "domains", "steps"),
    "overlap": Stage("meaning.pair", "DomainRequest", "overlaps", "steps"),
    "shared-ap": Stage("meaning.shared_ap", "SharedApRequest", "library_shared_ap", "steps", command=True),
    "communities": Stage("meaning.domains", "DomainRequest", "communities_of", "steps", command=True),
    "checkpoints": Stage("when.checkpoints", "CheckpointsRequest", "checkpoints", "parts", True),
    "align": Stage("meaning.alignment", "AlignRequest", "align_judgments"),
    "align models": Stage("meaning.alignment", "AlignRequest", "align_models"),
    "embeddings": Stage("meaning.alignment", "AlignRequest", "embed", runs_model=True),
    "priming": Stage("meaning.priming", "AlignRequest", "priming"),
    "stability": Stage("when.stability", "StabilityRequest", "stability", runs_model=True),
    "calibrate": Stage("writing.calibrate", "CalibrateRequest", "calibrate_concept", "steps", True),
    "causality": Stage("evidence.causality", "CausalityRequest", "causality", "texts", True),
    "dose sweep": Stage("evidence.dose_sweep", "DoseSweepRequest", "dose_sweep", "texts", True),
    "steer": Stage("writing.steer", "SteerRequest", "steer", "tokens", True),
    "card": Stage("cards.reproducing", "ReproduceRequest", "reproduce_kept", "tokens", True, resumes=False),
    "chat": Stage("writing.chat", "ChatRequest", "chat", "tokens", True, resumes=False),
    "report": Stage("report.report", "ReportRequest", "report", "sections", resumes=False),
    "effects": Stage("writing.effects", "EffectsRequest", "effects", "texts", True, resumes=False),
}


def answer(name: str, asked: Any, run: Run) -> Any:
    """The result of a stage; what it gives one by one is given when all of it is there.

    `asked` is its request, or several for a stage that compares models; JSON objects do as well.
    Raises InputError for a request that cannot be, and whatever the stage raises.
    """
    stage = STAGES[name]
    several = isinstance(asked, list | tuple)
    requests = [
        each if isinstance(each, Request) else stage.request.from_json(each)
        for each in (asked if several else [asked])
    ]
    made = stage.function(requests if several else requests[0], run)
    return list(made) if hasattr(made, "__next__") else made

"""What the whole server shares: models in memory, jobs, streams, and the turns they take at computing.

Made once per process and cache; pages run in many threads and reach it from all of them.
"""

from __future__ import annotations

import atexit
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from threading import Event, Lock
from typing import TYPE_CHECKING, Any

from expertlens_core.artefacts import Artefacts, cache_directory, open_artefacts
from expertlens_core.errors import Cancelled
from expertlens_core.run import Progress, Run
from expertlens_core.stages import STAGES, answer
from pages.shared.install_work import download_judgments, install_model
from pages.shared.job import in_thread
from pages.shared.jobs import Jobs, Work
from pages.shared.streams import Streams
from pages.shared.turns import Turns

if TYPE_CHECKING:
    from expertlens_core.models.residency import ModelStore

_MAKING = Lock()


@dataclass(frozen=True)
class Services:
    artefacts: Artefacts
    turns: Turns
    models: ModelStore
    jobs: Jobs
    streams: Streams

    def run(self, **changes: Any) -> Run:
        """A run on the server's cache and models that finds no experts by itself."""
        return Run(**{"artefacts": self.artefacts, "models": self.models, "complete": False, **changes})

    def close(self) -> None:
        self.streams.close()
        self.jobs.close()


def services() -> Services:
    with _MAKING:  # lru_cache alone would make them twice for two threads that ask at the same moment
        return _services(cache_directory())


@lru_cache(maxsize=4)
def _services(_directory: Path) -> Services:
    from expertlens_core.models.residency import ModelStore
    from expertlens_core.pipeline.finding.model_record import loader

    artefacts = open_artefacts()
    turns = Turns()
    models = ModelStore(loader(artefacts))
    base = Run(artefacts, models=models)
    work: dict[str, Work] = {name: partial(stage_work, name, base) for name in STAGES}
    work["find here"] = partial(stage_work, "find", base.at_hand(artefacts=artefacts.without_shipped()))
    work |= {"install model": install_model, "judgments": download_judgments}
    made = Services(artefacts, turns, models, Jobs(work, turns, artefacts.documents), Streams(turns))
    atexit.register(made.close)  # a thread that still computes when Python ends would abort the process
    return made


def stage_work(
    name: str, base: Run, request: Mapping[str, Any], progress: Progress, cancelled: Callable[[], bool]
) -> Any:
    """What the job of a stage does: answers its request (or several), and gives the result.

    Stages that run a model find experts that are missing, and hand on their turn between batches. The others compare
    what is there, in a thread of their own: most have no steps at which this one could hand on its turn. One that has
    steps ends at the next when the job is stopped; the others end unseen.
    """
    asked = request.get("several", request)
    runs_model = STAGES[name].runs_model
    run = base.at_hand(progress=progress, cancelled=cancelled, complete=runs_model)
    if runs_model:
        return answer(name, asked, run)
    if name == "align" and set(asked["baselines"]) - {"tf-idf"}:
        answer("embeddings", asked, run)
    stop = Event()  # `cancelled` hands on the turn, which only this thread has
    compare = partial(answer, name, asked, run.at_hand(cancelled=stop.is_set))
    try:
        return in_thread(compare, cancelled, "stopped; what is finished is kept")
    except Cancelled:
        stop.set()
        raise

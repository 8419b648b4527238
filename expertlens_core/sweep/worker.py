"""A worker: does one task after another, with one model in memory."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ..artefacts import Artefacts
from ..errors import Cancelled, InputError
from ..models.residency import ModelStore
from ..pipeline.finding.model_record import loader
from ..pipeline.finding.plan import plan_find
from ..run import Progress, Run
from ..stages import STAGES
from .tasks import Task

if TYPE_CHECKING:
    from ..models.language_model import LanguageModel

State = Literal["done", "failed"]
_log = logging.getLogger("expertlens_core.sweep")


@dataclass(frozen=True)
class Outcome:
    """What became of a task."""

    state: State
    computed: int = 0
    """Artefacts that were made; 0 where everything was there already."""
    problem: str = ""
    model_failed: bool = False
    """Whether the model itself could not be loaded: then none of its tasks can be done."""


class CountingArtefacts(Artefacts):
    """Artefacts that count what is made."""

    made = 0

    def _made(self, key: Any, write: Callable[[Path], None], *options: Any) -> Any:
        def count(path: Path) -> None:
            write(path)
            self.made += 1

        return super()._made(key, count, *options)


class Worker:
    """Does tasks; results go to the folder of artefacts that it is given.

    Args:
        folder: of the artefacts; default the usual cache.
        threads: of the model's arithmetic; default as many as torch takes.
        progress, cancelled: as of a `Run`.
    """

    def __init__(
        self,
        folder: Path | None = None,
        threads: int | None = None,
        progress: Progress = lambda *_: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> None:
        if threads is not None:
            import torch

            torch.set_num_threads(threads)
        self._artefacts = CountingArtefacts(folder)
        load = loader(self._artefacts)
        self._load_failed = False

        def loading(*arguments: Any, **options: Any) -> LanguageModel:
            self._load_failed = True
            model = load(*arguments, **options)
            self._load_failed = False
            return model

        self._run = Run(self._artefacts, progress, cancelled, models=ModelStore(loading))

    def is_kept(self, task: Task) -> bool:
        """Whether a find's results are all in the folder, so that it needs no model."""
        return task.stage == "find" and not plan_find(task.find, self._run).missing

    def work(self, task: Task) -> Outcome:
        """Do a task; raises nothing but Cancelled."""
        before, self._load_failed = self._artefacts.made, False
        stage = STAGES[task.stage]
        try:
            made = stage.function(task.request, self._run)
            if hasattr(made, "__next__"):
                for _ in made:  # kept one by one; none is held
                    pass
        except Cancelled:
            raise
        except InputError as problem:
            return Outcome("failed", self._artefacts.made - before, str(problem), self._load_failed)
        except MemoryError:
            said = "memory ran out: take fewer sentences or concepts, a smaller dtype, or fewer workers"
            return Outcome("failed", self._artefacts.made - before, said, self._load_failed)
        except Exception as problem:
            _log.debug("a task failed", exc_info=True)
            said = f"{type(problem).__name__}: {' '.join(str(problem).split())[:300]}"
            return Outcome("failed", self._artefacts.made - before, said, self._load_failed)
        return Outcome("done", self._artefacts.made - before)

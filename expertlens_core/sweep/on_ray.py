"""Workers on Ray: it places them on the devices of a machine or a cluster, and has a lost one's task done again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..errors import InputError
from ..stages import STAGES
from .returned import Returned, keep
from .tasks import Task
from .worker import Outcome, Worker

RETRIES = 5
"""Times that a task is begun again whose worker died."""


class OnRay:
    """Workers on Ray, each with one task at a time and one model in memory.

    Args:
        address: of a running cluster, or ``auto``; empty starts Ray on this machine.
        workers: how many; default one a GPU of the cluster, else one for `threads` cores.
        threads: of each worker's arithmetic.
        folder: of the artefacts.
        shared: whether all workers reach it; else they send back what they made, and stages that run no model are
            done here.
    """

    def __init__(
        self, address: str, workers: int | None, threads: int, folder: Path, shared: bool = True
    ) -> None:
        self._ray = ray = _ray()
        self._folder, self._here = folder, None if shared else Worker(folder)
        self._local: Task | None = None
        options: dict[str, Any] = {
            "log_to_driver": False,
            "include_dashboard": False,
            "logging_level": "error",
        }
        if address:
            options = {"address": address, "log_to_driver": False, "logging_level": "error"}
        elif workers is not None:
            options["num_cpus"] = workers
        try:
            ray.init(**options)
        except (ConnectionError, ValueError, RuntimeError) as problem:
            raise InputError(
                f"there is no Ray cluster at {address!r}: start one with 'ray start --head', or leave --address out"
            ) from problem
        there = ray.cluster_resources()
        gpus, cores = int(there.get("GPU", 0)), int(there.get("CPU", 1))
        count = workers or gpus or max(1, cores // threads)
        needs = {"num_gpus": 1} if gpus >= count else {"num_cpus": 1 if workers else threads}
        variables = {"OMP_NUM_THREADS": str(threads)}
        actor = ray.remote(Worker if shared else Returned).options(
            **needs, max_restarts=-1, max_task_retries=RETRIES, runtime_env={"env_vars": variables}
        )
        self._idle = [actor.remote(folder, threads) for _ in range(count)]
        self._busy: dict[Any, tuple[Any, Task]] = {}

    def free(self) -> bool:
        """Whether a worker has nothing to do."""
        return bool(self._idle) and self._local is None

    def submit(self, task: Task) -> None:
        """Give a task to a worker."""
        if self._here is not None and (not STAGES[task.stage].runs_model or self._here.is_kept(task)):
            self._local = task
            return
        worker = self._idle.pop()
        self._busy[worker.work.remote(task)] = worker, task

    def wait(self) -> list[tuple[Task, Outcome]]:
        """Wait until a task has ended; those that have."""
        if self._here is not None and self._local is not None:
            task, self._local = self._local, None
            return [(task, self._here.work(task))]
        if not self._busy:
            return []
        ended, _ = self._ray.wait(list(self._busy))
        found = []
        for each in ended:
            worker, task = self._busy.pop(each)
            self._idle.append(worker)
            found.append((task, self._outcome(each)))
        return found

    def _outcome(self, ended: Any) -> Outcome:
        try:
            made = self._ray.get(ended)
        except self._ray.exceptions.RayError as problem:
            said = " ".join(str(problem).split())[:300]
            return Outcome("failed", problem=f"its worker died {RETRIES + 1} times: {said}")
        if isinstance(made, Outcome):
            return made
        outcome, sent = made
        keep(sent, self._folder)
        return outcome

    def close(self) -> None:
        """Let the workers go; what they finished is kept."""
        self._ray.shutdown()


def _ray() -> Any:
    try:
        import ray
    except ImportError:
        raise InputError(
            "Ray is not installed, and a sweep over several workers needs it: 'pip install ray', or leave --address "
            "and --workers out"
        ) from None
    return ray

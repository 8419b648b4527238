"""Jobs: long work in the background, shared by everyone who asks for the same thing."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Protocol

from expertlens_core.run import Progress
from pages.shared.job import Job, State, ended_by, job_id, job_of
from pages.shared.recent import Recent
from pages.shared.turns import Turns

Work = Callable[[Mapping[str, Any], Progress, Callable[[], bool]], Any]
"""Does a request. Told its progress, asked whether to stop; what it gives is a result that `Jobs.result` holds."""

KEPT = 50
"""Ended jobs that stay in the list."""
RESULTS = 48
"""Results that stay in memory; what is older is read from the cache again."""
PREFIX = "jobs/"
_log = logging.getLogger("expertlens.jobs")


class Records(Protocol):
    """Where unfinished jobs are written down, to be offered again after a restart."""

    def get(self, name: str) -> Any: ...
    def put(self, name: str, value: Any) -> None: ...
    def delete(self, name: str) -> None: ...
    def names(self) -> list[str]: ...


class Jobs:
    """One line for quick jobs and one for long ones; a worker for each. They take turns at computing."""

    def __init__(self, work: Mapping[str, Work], turns: Turns, records: Records) -> None:
        self._work = work
        self._turns = turns
        self._records = records
        self._change = threading.Condition()
        self._jobs: dict[str, Job] = {}
        self._stops: dict[str, threading.Event] = {}
        self._results = Recent(RESULTS)
        for name in records.names():
            if name.startswith(PREFIX) and isinstance(value := records.get(name), dict):
                if job := job_of(value, work):
                    self._jobs[job.id] = job
                else:
                    records.delete(name)
        self._closing = False
        self._workers = [
            threading.Thread(target=self._serve, args=(quick,), daemon=True, name="jobs")
            for quick in (True, False)
        ]
        for worker in self._workers:
            worker.start()

    def submit(
        self, kind: str, request: Mapping[str, Any], title: str, quick: bool = False, key: str = ""
    ) -> Job:
        """Put a request (JSON-able) in line; one that waits or runs already is shared.

        `quick` jobs stand in the line of short ones; `key` is the job's id where the request alone does not tell it.
        """
        name = key or job_id(kind, request)
        with self._change:
            job = self._jobs.get(name)
            if job is not None and job.active:
                return job
            self._jobs.pop(name, None)
            job = self._jobs[name] = Job(name, kind, title, dict(request), quick)
            self._stops[name] = threading.Event()
            record = {"id": name, "kind": kind, "title": title, "request": dict(request), "quick": quick}
            self._records.put(PREFIX + name, record)
            self._change.notify_all()
            return job

    def get(self, name: str) -> Job | None:
        return self._jobs.get(name)

    def result(self, name: str) -> Any:
        """What a job gave, or what `keep` was given under its id; None where it is not in memory."""
        return self._results.get(name)

    def keep(self, name: str, result: Any) -> None:
        """Hold a result in memory under the id of the job that would give it."""
        if result is not None:
            self._results.put(name, result)

    def all(self) -> list[Job]:
        """Every known job, the newest first."""
        return sorted(self._jobs.values(), key=lambda job: -job.asked)

    def ahead(self, name: str) -> int:
        """How many jobs of its line come before a waiting one."""
        job = self._jobs.get(name)
        if job is None or job.state != "waiting":
            return 0
        others = [other for other in self._jobs.values() if other.active and other.quick == job.quick]
        return sum(other.state == "running" or other.asked < job.asked for other in others)

    def stop(self, name: str) -> None:
        """Stop a job that waits or runs; what it has finished stays in the cache."""
        with self._change:
            job = self._jobs.get(name)
            if job is None or not job.active:
                return
            self._stops[name].set()
            if job.state == "waiting":
                self._end(job, "stopped")

    def resume(self, name: str) -> None:
        job = self._jobs.get(name)
        if job is not None and not job.active:
            self.submit(job.kind, job.request, job.title, job.quick, job.id)

    def forget(self, name: str) -> None:
        """Take a job that does not run off the list, and its result out of memory."""
        with self._change:
            job = self._jobs.get(name)
            if job is not None and not job.active:
                del self._jobs[name]
                self._stops.pop(name, None)
                self._results.drop(name)
                self._records.delete(PREFIX + name)

    def close(self, seconds: float = 3.0) -> None:
        """Stop working; what is unfinished stays on record, to be offered again."""
        with self._change:
            self._closing = True
            for stop in self._stops.values():
                stop.set()
            self._change.notify_all()
        for worker in self._workers:
            worker.join(seconds)

    def _serve(self, quick: bool) -> None:
        while True:
            with self._change:
                line = [job for job in self._jobs.values() if job.state == "waiting" and job.quick == quick]
                job = min(line, key=lambda job: job.asked, default=None)
                if self._closing:
                    return
                if job is None:
                    self._change.wait()
                    continue
                job = self._jobs[job.id] = replace(job, state="running")
            self._run(job)

    def _run(self, job: Job) -> None:
        stop = self._stops[job.id]

        def progress(done: int, total: int, message: str) -> None:
            now = self._jobs[job.id]
            # The pace is measured from the first step on: loading a model before it says nothing about it.
            if done and not now.moving:
                now = replace(now, moving=time.time(), moved=done)
            self._jobs[job.id] = replace(now, done=done, total=total, message=message)

        def cancelled() -> bool:
            self._turns.pass_on()
            return stop.is_set()

        state: State = "done"
        error = ""
        try:
            with self._turns.held():
                self.keep(job.id, self._work[job.kind](job.request, progress, cancelled))
        except Exception as problem:
            state, error = ended_by(problem, job.title, _log)
        with self._change:
            self._end(self._jobs[job.id], "stopped" if state == "done" and stop.is_set() else state, error)

    def _end(self, job: Job, state: State, error: str = "") -> None:
        self._jobs[job.id] = replace(job, state=state, error=error, ended=time.time())
        if not (self._closing and state == "stopped"):
            self._records.delete(PREFIX + job.id)
        ended = sorted((job for job in self._jobs.values() if job.ended), key=lambda job: job.ended)
        for old in ended[:-KEPT]:
            del self._jobs[old.id]
            self._stops.pop(old.id, None)

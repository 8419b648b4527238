"""The driver: hands a sweep's tasks to workers, in their order, and notes what became of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from .tasks import Group, Task
from .worker import Outcome, Worker

MOST_FAILURES = 1000
"""Failures that are told one by one; further ones are counted."""


class Pool(Protocol):
    """Workers."""

    def free(self) -> bool:
        """Whether another task can be taken now."""

    def submit(self, task: Task) -> None:
        """Take a task."""

    def wait(self) -> list[tuple[Task, Outcome]]:
        """Wait until a task has ended; those that have. Empty where none is under way."""


@dataclass
class Failure:
    """A task that could not be done."""

    task: str
    problem: str
    skipped: int = 0
    """Tasks that could not be done either, since they rest on it."""


@dataclass
class Summary:
    """What became of a sweep."""

    done: int = 0
    computed: int = 0
    """Tasks for which something had to be computed; the others found everything kept."""
    failed: int = 0
    skipped: int = 0
    """Tasks that rest on failed ones."""
    failures: list[Failure] = field(default_factory=list)

    @property
    def ended(self) -> int:
        """Tasks that are over, one way or another."""
        return self.done + self.failed + self.skipped


class InProcess:
    """One worker, in this process."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._task: Task | None = None

    def free(self) -> bool:
        """Whether no task waits."""
        return self._task is None

    def submit(self, task: Task) -> None:
        """Take a task; `wait` does it."""
        self._task = task

    def wait(self) -> list[tuple[Task, Outcome]]:
        """Do the task."""
        task, self._task = self._task, None
        return [] if task is None else [(task, self._worker.work(task))]


@dataclass
class _Open:
    """A group of which something is still to be done."""

    left: int
    """Tasks of `first` that have not ended."""
    then: deque[Task]
    failed: Failure | None = None


class _Queue:
    """What can be done next; groups are made as they are needed, so that few are in memory at a time."""

    def __init__(self, groups: Iterable[Group], summary: Summary) -> None:
        self._groups: Iterator[Group] = iter(groups)
        self._ready: deque[tuple[Task, _Open]] = deque()
        self._summary = summary
        self._broken: dict[tuple[str, str | None], Failure] = {}

    def next(self) -> tuple[Task, _Open] | None:
        """A task, or None where all have been given out or wait for others."""
        while True:
            while self._ready:
                task, group = self._ready.popleft()
                if (failure := self._broken.get(task.model)) is None:
                    return task, group
                self._skip(failure)
                self._ended(group, failed=failure)
            made = next(self._groups, None)
            if made is None:
                return None
            group = _Open(len(made.first), deque(made.then))
            self._ready.extend((task, group) for task in made.first)
            if not made.first:
                self._go_on(group)

    def end(self, task: Task, group: _Open, outcome: Outcome) -> None:
        """Note what became of a task; what rested on it becomes ready, or is skipped."""
        if outcome.state == "done":
            self._summary.done += 1
            self._summary.computed += bool(outcome.computed)
            self._ended(group)
            return
        if (known := self._broken.get(task.model)) is not None and outcome.model_failed:
            self._skip(known)  # another worker met the same weights at the same time
            self._ended(group, failed=known)
            return
        self._summary.failed += 1
        failure = Failure(task.label, outcome.problem)
        if len(self._summary.failures) < MOST_FAILURES:
            self._summary.failures.append(failure)
        if outcome.model_failed:
            self._broken[task.model] = failure
        self._ended(group, failed=failure)

    def _ended(self, group: _Open, failed: Failure | None = None) -> None:
        if group.left:  # one of those that all others rest on
            group.left -= 1
            group.failed = group.failed or failed
        if not group.left:
            self._go_on(group)

    def _go_on(self, group: _Open) -> None:
        """The next task of a group whose first ones have ended."""
        if group.failed is None:
            if group.then:
                self._ready.appendleft((group.then.popleft(), group))
            return
        while group.then:
            group.then.popleft()
            self._skip(group.failed)

    def _skip(self, failure: Failure) -> None:
        self._summary.skipped += 1
        failure.skipped += 1


def drive(groups: Iterable[Group], pool: Pool, told: Callable[[Summary, str], None]) -> Summary:
    """Have all tasks of some groups done.

    `told` is called after each task, with the summary so far and the task's label. A failed task is noted, what rests
    on it is skipped, and the rest goes on.
    """
    summary = Summary()
    queue = _Queue(groups, summary)
    under_way: dict[int, tuple[Task, _Open]] = {}
    while True:
        while pool.free() and (given := queue.next()) is not None:
            under_way[id(given[0])] = given
            pool.submit(given[0])
        ended = pool.wait()
        if not ended:
            return summary
        for task, outcome in ended:
            queue.end(*under_way.pop(id(task)), outcome)
            told(summary, task.label)

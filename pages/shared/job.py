"""One job: what was asked, and how far it is; and how a computation that broke off is told."""

import hashlib
import json
import logging
import threading
import time
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Future, wait
from dataclasses import dataclass, field
from typing import Any, Literal

from expertlens_core.errors import Cancelled, InputError

State = Literal["waiting", "running", "done", "stopped", "failed", "interrupted"]
WAIT = 0.02
"""Seconds between two looks at a thread, and two chances to hand on the turn."""


@dataclass(frozen=True)
class Job:
    id: str
    kind: str
    title: str
    request: Mapping[str, Any]
    quick: bool = False
    state: State = "waiting"
    done: int = 0
    total: int = 0
    message: str = ""
    error: str = ""
    """One sentence, for a job that failed."""
    asked: float = field(default_factory=time.time)
    """When, in seconds since the epoch; so are the next two."""
    moving: float = 0.0
    """When the first step was done; 0 before."""
    moved: int = 0
    """What had been done by then."""
    ended: float = 0.0

    @property
    def active(self) -> bool:
        return self.state in ("waiting", "running")

    @property
    def share(self) -> float:
        """Part that is done, 0 to 1."""
        return min(1.0, self.done / self.total) if self.total else 0.0

    def seconds_left(self) -> float | None:
        """From the pace so far; None as long as there is none."""
        spent, done = time.time() - self.moving, self.done - self.moved
        if self.state != "running" or not self.moving or done <= 0 or spent < 0.5:
            return None
        return spent / done * (self.total - self.done)


def job_id(kind: str, request: Mapping[str, Any]) -> str:
    """The same for the same request, so that two who ask share one job."""
    content = json.dumps([kind, request], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def job_of(value: Mapping[str, Any], kinds: Collection[str]) -> Job | None:
    """The job behind a record that an earlier server left, if it is one of a known kind."""
    fields = {"id": str, "kind": str, "title": str, "request": dict, "quick": bool}
    if {name: type(each) for name, each in value.items()} != fields or value["kind"] not in kinds:
        return None
    return Job(**value, state="interrupted")


def in_thread(work: Callable[[], Any], cancelled: Callable[[], bool], told: str) -> Any:
    """What some work without steps gives, done in a thread of its own, so that this one can hand on its turn.

    Raises:
        Cancelled: with `told`, when `cancelled` said so; the work then goes on unseen.
    """
    going: Future[Any] = Future()

    def run() -> None:
        try:
            going.set_result(work())
        except BaseException as problem:
            going.set_exception(problem)

    threading.Thread(target=run, daemon=True).start()
    while not wait([going], WAIT).done:
        if cancelled():
            raise Cancelled(told)
    return going.result()


def ended_by(problem: Exception, what: str, log: logging.Logger) -> tuple[Literal["stopped", "failed"], str]:
    """State and sentence of a computation that an exception ended; `what` failed, as people see it."""
    match problem:
        case Cancelled():
            return "stopped", ""
        case InputError():
            return "failed", str(problem)
        case MemoryError():
            return "failed", "This needs more memory than is free: close other programs, or take less."
    log.error("%s failed", what, exc_info=problem)
    return "failed", f"{what} failed ({type(problem).__name__}): the server's log has the details. Try again."

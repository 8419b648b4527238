"""What does a sweep cost beside the work itself?

    python benchmarks/sweep.py [--quick]     # nothing else should run; needs Ray

Three figures, with their criteria: 100,000 tasks planned in under 10 s; 5,000 tasks whose stage does nothing driven
with under 50 ms each, in bounded memory; two workers of one thread at 0.9 of the speed of two plain processes of one
thread that share the same concepts (starting and loading left out on both sides: the second of two rounds counts).
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ["OMP_NUM_THREADS"] = "1"

CONCEPTS = [
    "cat", "dog", "horse", "jacket", "jeans", "chair", "table", "doctor", "heart", "golf", "biology", "carrot", "bus",
    "tank", "red", "blue",
]  # fmt: skip


class Idle:
    """A worker whose stage does nothing."""

    def __init__(self, *_: Any) -> None:
        pass

    def work(self, _task: Any) -> Any:
        from expertlens_core.sweep.worker import Outcome

        return Outcome("done")


def planning() -> dict[str, float]:
    """Seconds to plan 100,000 tasks: 100 models, `everyday` twenty times, its 50 concepts one by one."""
    from expertlens_core.sweep.request import SweepRequest
    from expertlens_core.sweep.tasks import groups

    asked = SweepRequest(
        tuple(f"model{number}" for number in range(100)), recipes=tuple({"seed": seed} for seed in range(20)), block=1
    )  # fmt: skip
    began = time.perf_counter()
    count = sum(len(group) for group in groups(asked))
    return {"tasks": count, "seconds": time.perf_counter() - began}


def driving(count: int) -> dict[str, float]:
    """Seconds a task, beside an empty remote call of Ray, and what memory grew by."""
    from expertlens_core.pipeline import FindRequest
    from expertlens_core.sweep import on_ray
    from expertlens_core.sweep.driver import drive
    from expertlens_core.sweep.tasks import Group, Task

    on_ray.Worker = Idle  # type: ignore[misc, assignment]
    tasks = (Group((Task("find", FindRequest(seed=number), f"task {number}"),)) for number in range(count))
    with tempfile.TemporaryDirectory() as folder:
        pool = on_ray.OnRay("", 2, 1, Path(folder))
        drive((Group((Task("find", FindRequest(), "first"),)) for _ in range(4)), pool, lambda *_: None)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began = time.perf_counter()
        drive(tasks, pool, lambda *_: None)
        took = time.perf_counter() - began
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        bare = pool._ray.remote(Idle).remote()
        pool._ray.get(bare.work.remote(None))
        began = time.perf_counter()
        for _ in range(500):
            pool._ray.get(bare.work.remote(None))
        call = (time.perf_counter() - began) / 500
        pool.close()
    return {"ms a task": 1000 * took / count, "ms of an empty call": 1000 * call, "MB grown": grown / 1000}


def _tasks(names: list[str], positives: int) -> Any:
    from expertlens_core.sweep.request import SweepRequest
    from expertlens_core.sweep.tasks import groups

    return groups(
        SweepRequest(
            ("smollm2",), names=tuple(names), recipes=({"positives": positives, "negatives": 20},), block=1
        )
    )


def _plain(folder: str, names: list[str], rounds: tuple[int, int], gate: Any, said: Any) -> None:
    from expertlens_core.sweep.driver import InProcess, drive
    from expertlens_core.sweep.worker import Worker

    pool = InProcess(Worker(Path(folder), 1))
    for positives in rounds:
        gate.wait()
        began = time.perf_counter()
        drive(_tasks(names, positives), pool, lambda *_: None)
        said.put((positives, time.perf_counter() - began))


def efficiency(rounds: tuple[int, int]) -> dict[str, float]:
    """Seconds of the second round on two plain processes, and on two workers."""
    from expertlens_core.sweep.driver import drive
    from expertlens_core.sweep.on_ray import OnRay

    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as two:
        context = multiprocessing.get_context("spawn")
        gate, said = context.Barrier(2), context.Queue()
        halves = CONCEPTS[::2], CONCEPTS[1::2]
        both = [context.Process(target=_plain, args=(one, half, rounds, gate, said)) for half in halves]
        for each in both:
            each.start()
        found = [said.get() for _ in range(4)]
        for each in both:
            each.join()
        plain = max(seconds for positives, seconds in found if positives == rounds[1])
        pool = OnRay("", 2, 1, Path(two))
        for positives in rounds:
            began = time.perf_counter()
            drive(_tasks(CONCEPTS, positives), pool, lambda *_: None)
            took = time.perf_counter() - began
        pool.close()
    return {"two processes": plain, "two workers": took, "efficiency": plain / took}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a tenth of the tasks, fewer sentences")
    quick = parser.parse_args().quick
    found = {
        "planning": planning(),
        "efficiency": efficiency((2, 10) if quick else (4, 40)),
        "driving": driving(500 if quick else 5_000),
    }
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()

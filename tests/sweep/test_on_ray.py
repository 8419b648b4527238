"""Workers on a real Ray of this machine: the same bytes as in one process, also when workers are killed."""

import os
import random
import signal
import time
from pathlib import Path

import psutil
import pytest

from expertlens_core.sweep.driver import InProcess, drive
from expertlens_core.sweep.request import SweepRequest
from expertlens_core.sweep.tasks import groups
from expertlens_core.sweep.worker import Worker

ray = pytest.importorskip("ray")
KILLS = 10


def swept(pool, plan, told=lambda *_: None):
    try:
        return drive(groups(SweepRequest.from_json(plan)), pool, told)
    finally:
        pool.close()


def on_ray(folder: Path, shared: bool = True):
    from expertlens_core.sweep.on_ray import OnRay

    return OnRay("", 2, 1, folder, shared=shared)


@pytest.fixture(scope="module")
def alone(tmp_path_factory, plan, contents):
    folder = tmp_path_factory.mktemp("alone")
    drive(groups(SweepRequest.from_json(plan)), InProcess(Worker(folder, 1)), lambda *_: None)
    return contents(folder)


def test_two_workers_give_the_bytes_of_one_process(tmp_path, plan, alone, contents):
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "config.json").write_text("{}")
    summary = swept(on_ray(tmp_path / "cache"), plan | {"models": [str(broken), *plan["models"]]})
    assert contents(tmp_path / "cache") == alone
    assert (summary.done, summary.failed, summary.skipped) == (8, 1, 3)


def test_workers_without_a_folder_in_common_send_back_what_they_made(tmp_path, plan, alone, contents):
    pool = on_ray(tmp_path, shared=False)
    first, second = (drive(groups(SweepRequest.from_json(plan)), pool, lambda *_: None) for _ in range(2))
    pool.close()
    assert (first.done, first.computed) == (8, 8)
    assert (second.done, second.computed) == (8, 0), "what was sent back is not computed again"
    results = {name for name in alone if name in contents(tmp_path)}
    assert {name: contents(tmp_path)[name] for name in results} == {name: alone[name] for name in results}
    assert len(results) == len(alone)


@pytest.mark.slow
def test_workers_that_are_killed_lose_and_repeat_nothing(tmp_path, plan, alone, contents):
    seeds = random.Random(0)
    kept: dict[str, int] = {}
    killed = 0

    def note() -> None:
        for path in tmp_path.glob("*.safetensors"):
            inode = path.stat().st_ino
            assert kept.setdefault(path.name, inode) == inode, "a finished result was made again"

    class Killing:
        def __init__(self, pool) -> None:
            self.free, self.submit, self.close, self._pool = pool.free, pool.submit, pool.close, pool

        def wait(self):
            nonlocal killed
            if killed < KILLS and self._pool._busy:
                time.sleep(seeds.uniform(0, 4))
                note()
                workers = [
                    each
                    for each in psutil.Process(os.getpid()).children(recursive=True)
                    if "ray::Worker" in " ".join(each.cmdline())
                ]
                if workers:
                    seeds.choice(workers).send_signal(signal.SIGKILL)
                    killed += 1
            return self._pool.wait()

    summary = swept(Killing(on_ray(tmp_path)), plan | {"block": 1})
    note()
    assert killed == KILLS
    assert (summary.done, summary.failed) == (12, 0)
    assert contents(tmp_path) == alone

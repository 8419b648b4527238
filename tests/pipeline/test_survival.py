"""A killed find: nothing finished is lost, no wrong file is left."""

from __future__ import annotations

import hashlib
import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

from expertlens_core.artefacts import Artefacts
from expertlens_core.artefacts.array_file import read_array_file

ROOT = Path(__file__).parents[2]

# Runs a find once, so that torch and the kernels are loaded, then forks a child for each line it is sent: a
# folder and a delay in seconds, after which the child is killed (none: it runs to its end). Small chunks make
# the pool's work as interruptible as that of a large model.
RUNNER = """
import os, signal, sys, time
from pathlib import Path
import torch
from expertlens_core.cli import main
from expertlens_core.pipeline import pool_responses
torch.set_num_threads(1)
pool_responses.CHUNK = 16

def find(folder):
    os.environ["EXPERTLENS_CACHE"] = str(Path(folder) / "cache")
    return main([*sys.argv[2:], "--out", str(Path(folder) / "out")])

if find(sys.argv[1]) != 0:
    sys.exit("the first find failed")
print("ready", flush=True)
for line in sys.stdin:
    folder, _, delay = line.strip().partition("|")
    start = time.monotonic()
    child = os.fork()
    if child == 0:
        os._exit(find(folder))
    if delay:
        time.sleep(float(delay))
        os.kill(child, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    print(code, time.monotonic() - start, flush=True)
"""


class Runner:
    """Finds in folders, by the process above."""

    def __init__(self, whole: Path, model: Path, library: Path) -> None:
        arguments = [
            "find", "--model", str(model), "--concepts", str(library), "--positives", "16",
            "--negatives", "40", "--device", "cpu",
        ]  # fmt: skip
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}
        self._process = subprocess.Popen(
            [sys.executable, "-c", RUNNER, str(whole), *arguments],
            cwd=ROOT, env=environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        assert self._process.stdout.readline() == "ready\n"

    def __enter__(self) -> Runner:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.stdin.close()
        self._process.wait(30)

    def run(self, folder: Path, delay: float | None = None) -> tuple[int, float]:
        """Exit code and seconds of a find, killed after the delay."""
        self._process.stdin.write(f"{folder}|{'' if delay is None else delay}\n")
        self._process.stdin.flush()
        code, seconds = self._process.stdout.readline().split()
        return int(code), float(seconds)


def finished(folder: Path) -> dict[str, tuple[str, int, int]]:
    """Finished files but the pool's chunks: digest of the content, inode, time of change. All are whole."""
    found = {}
    for path in (folder / "cache").glob("*.safetensors"):
        if read_array_file(path, mapped=False).metadata["stage"] != "pool chunk":
            found[path.name] = state(path)
    for path in (folder / "out").rglob("expertise_info.json"):
        if ".part" not in str(path):
            sealed = json.loads(path.read_text())
            table = path.with_name("expertise.csv").read_bytes()
            assert hashlib.sha256(table).hexdigest() == sealed["table_sha256"]
            found[str(path.relative_to(folder))] = state(path)
    return found


def state(path: Path) -> tuple[str, int, int]:
    status = path.stat()
    return hashlib.sha256(path.read_bytes()).hexdigest(), status.st_ino, status.st_mtime_ns


def survive(tmp_path: Path, model: Path, library: Path, rounds: list[list[float]]) -> list[int]:
    """Kill a find at these shares of an undisturbed run's time, one after the other, then let it end.

    Each round starts from nothing.

    Returns:
        How many files were finished after each kill.
    """
    whole, counts = tmp_path / "whole", []
    with Runner(whole, model, library) as runner:
        _, seconds = runner.run(tmp_path / "timed")
        for number, moments in enumerate(rounds):
            killed = tmp_path / f"killed {number}"
            before: dict[str, tuple[str, int, int]] = {}
            for moment in moments:
                code, _ = runner.run(killed, moment * seconds)
                assert code in (0, -9)
                after = finished(killed)
                assert {name: after.get(name) for name in before} == before, "lost, or made again"
                before = after
                counts.append(len(after))
            assert runner.run(killed)[0] == 0
            assert finished(killed).keys() == finished(whole).keys()
            for path in (whole / "out").rglob("expertise.csv"):
                assert (killed / path.relative_to(whole)).read_bytes() == path.read_bytes()
            assert [path.name for path in killed.rglob("*.part")] == []
            assert Artefacts(killed / "cache").verify() == []
    return counts


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
def test_find_survives_sigkill(tmp_path, tiny_folder, library_file):
    rng = random.Random(7)
    rounds = [[rng.uniform(0, 1) for _ in range(4)] for _ in range(5)]
    counts = survive(tmp_path, tiny_folder, library_file, rounds)
    assert len(set(counts)) > 1, f"the kills fell on different moments: {counts}"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
def test_find_survives_three_kills(tmp_path, tiny_folder, library_file):
    survive(tmp_path, tiny_folder, library_file, [[0.7, 0.2, 0.4]])

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
# folder, the number of changes to it (files opened for writing, renamed, removed) at which the child is killed
# (0: it runs to its end), and how many seconds after the last of them. Moments are counted in the find's own
# work, for a share of its time on the clock is another share of its work as soon as the machine has something
# else to do. The child writes a byte for each change; the pipe ends with it. Small chunks make the pool's work as
# interruptible as that of a large model.
RUNNER = """
import os, signal, sys, time
from pathlib import Path
import torch
from expertlens_core.cli import main
from expertlens_core.pipeline.finding import pool
torch.set_num_threads(1)
pool.CHUNK = 16
CHANGES = {"os.mkdir", "os.rename", "os.remove", "os.rmdir", "sqlite3.connect"}

def find(folder):
    os.environ["EXPERTLENS_CACHE"] = str(Path(folder) / "cache")
    return main([*sys.argv[2:], "--out", str(Path(folder) / "out")])

def count_changes(folder, tell):
    def hook(event, arguments):
        changes = event in CHANGES or event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        if changes and str(arguments[0]).startswith(folder):
            os.write(tell, b".")
    sys.addaudithook(hook)

if find(sys.argv[1]) != 0:
    sys.exit("the first find failed")
print("ready", flush=True)
for line in sys.stdin:
    folder, last, delay = line.strip().split("|")
    told, tell = os.pipe()
    child = os.fork()
    if child == 0:
        count_changes(folder, tell)
        os._exit(find(folder))
    os.close(tell)
    seen = 0
    while os.read(told, 1):
        seen += 1
        if seen == int(last):
            time.sleep(float(delay))
            os.kill(child, signal.SIGKILL)
    os.close(told)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), seen, flush=True)
"""
LATER = (0.0, 0.0, 0.001, 0.02)
"""Seconds from a change to the kill, one of them at random: inside it, after it, and between changes."""


class Runner:
    """Finds in folders, by the process above."""

    def __init__(self, whole: Path, model: Path, library: Path) -> None:
        arguments = [
            "find", "--model", str(model), "--concepts", str(library), "--positives", "16",
            "--negatives", "40", "--device", "cpu",
        ]  # fmt: skip
        environment = {**os.environ, "OMP_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}
        self._said = whole.with_name("said.txt")
        with self._said.open("w") as said:
            self._process = subprocess.Popen(
                [sys.executable, "-c", RUNNER, str(whole), *arguments],
                cwd=ROOT, env=environment, text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said,
            )  # fmt: skip
        assert self._process.stdout.readline() == "ready\n", self.said()

    def __enter__(self) -> Runner:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.stdin.close()
        self._process.wait(60)

    def run(self, folder: Path, last: int = 0, delay: float = 0.0) -> tuple[int, int]:
        """Exit code and changes of a find, killed this long after the `last` of them."""
        self._process.stdin.write(f"{folder}|{last}|{delay}\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline().split()
        assert len(answer) == 2, self.said()
        return int(answer[0]), int(answer[1])

    def said(self) -> str:
        """The end of what the finds wrote to the standard error."""
        return self._said.read_text()[-2000:]


def finished(folder: Path) -> dict[str, tuple[str, int, int]]:
    """Finished files: digest of the content, inode, time of change. All are whole."""
    found = {}
    for path in (folder / "cache").glob("*.safetensors"):
        read_array_file(path, mapped=False)
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
    """Kill a find at these shares of an undisturbed run's work, one after the other, then let it end.

    Each round starts from nothing.

    Returns:
        How many files were finished after each kill.
    """
    whole, counts, rng = tmp_path / "whole", [], random.Random(1)
    with Runner(whole, model, library) as runner:
        code, changes = runner.run(tmp_path / "counted")
        assert code == 0, runner.said()
        for number, moments in enumerate(rounds):
            killed = tmp_path / f"killed {number}"
            before: dict[str, tuple[str, int, int]] = {}
            for moment in moments:
                code, _ = runner.run(killed, 1 + int(moment * changes), rng.choice(LATER))
                assert code in (0, -9), runner.said()
                after = finished(killed)
                changed = {name: (state, after.get(name)) for name, state in before.items()}
                changed = {name: pair for name, pair in changed.items() if pair[0] != pair[1]}
                assert changed == {}, f"lost, or made again, in round {number} at {moment:.3f}"
                before = after
                counts.append(len(after))
            assert runner.run(killed)[0] == 0, runner.said()
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
    assert len(set(counts)) > 3, f"the kills fell on different moments: {counts}"


@pytest.mark.skipif(not hasattr(os, "fork"), reason="forks")
def test_find_survives_three_kills(tmp_path, tiny_folder, library_file):
    counts = survive(tmp_path, tiny_folder, library_file, [[0.1, 0.5, 0.4]])
    assert len(set(counts)) > 1, f"the kills fell on different moments: {counts}"

"""``causality``: its file and table, the estimate before it starts, and a kill in the middle."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from expertlens_core.cli import causality_command
from expertlens_core.concepts import Library, write_library
from expertlens_core.pipeline.evidence import cost
from tests.few_sentences import with_few_sentences

ROOT = Path(__file__).parents[2]
CONCEPTS = ("cat", "dog", "corn", "red")


@pytest.fixture(scope="session")
def command(tmp_path_factory):
    """Four concepts of the small world, and few texts."""
    path = tmp_path_factory.mktemp("related") / "four.json"
    write_library(Library("four", tuple(with_few_sentences(CONCEPTS, 40, 10))), path)
    return ("causality", "--concepts", path, "--texts", 10, "--smaller", 5, "--tokens", 12)


def test_it_writes_a_file_and_a_table_and_says_how_long_it_takes(run, command, tmp_path):
    out, table = tmp_path / "c.json", tmp_path / "c.csv"
    code, printed, told = run(*command, "--out", out, "--table", table)
    assert code == 0, told
    assert "texts of 12 tokens to write, and the experts of 4 concepts are found first: about" in told
    content = json.loads(out.read_text())
    assert content["request"]["texts"] == 10
    assert any(row["effect"] for row in content["result"]["effects"])
    rows = list(csv.DictReader(table.open()))
    assert len(rows) == len(content["result"]["effects"]) == 4 * 3 * 2
    assert len(rows[8]["draws"].split()) == 2, "ten texts on five prompts have two draws"
    assert "steered" in printed
    assert "the paper     unseen  +0.181" in printed
    code, again, told = run(*command, "--out", tmp_path / "again.json")
    assert (code, again) == (0, printed)
    assert "to write" not in told
    assert (tmp_path / "again.json").read_bytes() == out.read_bytes()


def test_long_runs_are_asked_for_twice(run, command, tmp_path, monkeypatch):
    begun = []
    monkeypatch.setattr(causality_command, "causality", lambda *asked: begun.append(asked))
    monkeypatch.setattr(cost, "measure_writing", lambda model: cost.WritingSpeed(0.01, 0.0))
    code, _, told = run(*command, "--paper", "--out", tmp_path / "c.json")
    assert code == 2
    assert "65,060 of 65,060 texts of 300 tokens to write" in told
    assert "error: this takes 54.2 h: add --yes to begin, or take fewer texts" in told
    code, _, told = run(*command, "--paper", "--estimate", "--out", tmp_path / "c.json")
    assert (code, "about 54.2 h" in told) == (0, True)
    assert begun == []
    assert not (tmp_path / "c.json").exists()


def test_a_killed_run_goes_on_to_the_same_file(run, command, cache, tmp_path):
    """Killed without warning as soon as half of its work is there, then let to its end."""

    def kept(folder):
        return len(list(folder.glob("*.safetensors")))

    assert run(*command, "--out", tmp_path / "whole.json")[0] == 0
    whole, killed, out = kept(cache), tmp_path / "killed", tmp_path / "killed.json"
    environment = os.environ | {"EXPERTLENS_CACHE": str(killed), "OMP_NUM_THREADS": "1"}
    arguments = [sys.executable, "-m", "expertlens_core", *map(str, command), "--out", str(out)]
    process = subprocess.Popen(arguments, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
    while process.poll() is None and kept(killed) < whole // 2:
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL, "it was killed before its end"
    assert not out.exists()
    before = {path.name: path.stat().st_mtime_ns for path in killed.glob("*.safetensors")}
    assert whole // 2 <= len(before) < whole
    done = subprocess.run(arguments, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert out.read_bytes() == (tmp_path / "whole.json").read_bytes()
    assert all((killed / name).stat().st_mtime_ns == changed for name, changed in before.items())
    assert list(killed.rglob("*.part")) == []

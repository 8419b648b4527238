"""The tiny model and library of the pipeline's tests, and a cache of one's own."""

import pytest

from tests.pipeline import conftest as pipeline

library, library_file, tiny_folder = pipeline.library, pipeline.library_file, pipeline.tiny_folder


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """An empty cache that the commands use."""
    monkeypatch.setenv("EXPERTLENS_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def run(cache, capsys):
    """Run a command in this process: exit code, standard output, standard error."""
    from expertlens_core.cli import main

    def run_command(*arguments):
        capsys.readouterr()
        code = main([str(argument) for argument in arguments])
        return code, *capsys.readouterr()

    return run_command


@pytest.fixture
def find(run, tiny_folder, library_file, tmp_path):
    """Run find on the tiny model and library."""

    def find_command(*arguments, out=tmp_path / "out"):
        fixed = ("--positives", 16, "--negatives", 40, "--device", "cpu")
        return run(
            "find", "--model", tiny_folder, "--concepts", library_file, "--out", out, *fixed, *arguments
        )

    return find_command

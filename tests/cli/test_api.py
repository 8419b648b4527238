"""The Python API: every public name is there, importing is light, README's example runs."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import expertlens_core
from expertlens_core.defaults import DEFAULT_LIBRARY, DEFAULT_MODEL

ROOT = Path(__file__).parents[2]


def readme_example() -> str:
    """The Python code of README.md."""
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL)
    return "\n".join(block for block in blocks if block.strip())


def test_all_is_sorted_and_honest():
    names = expertlens_core.__all__
    assert names == sorted(set(names))
    for name in names:
        assert getattr(expertlens_core, name) is not None
        assert name in dir(expertlens_core)
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        expertlens_core.nonsense  # noqa: B018


def test_pipelines_names_are_there_whatever_was_imported_first():
    script = (
        "import expertlens_core.pipeline.finding.find, expertlens_core.pipeline.writing.steer, expertlens_core as el; "
        "from expertlens_core import pipeline; "
        "assert all(callable(getattr(pipeline, name)) for name in pipeline.__all__); "
        "assert el.find is pipeline.find"
    )
    assert subprocess.call([sys.executable, "-c", script], cwd=ROOT) == 0


def test_readmes_example_runs(tmp_path):
    example = readme_example()
    if not example:
        pytest.skip("README.md holds no Python example yet")
    example = example.replace('"smollm2"', repr(DEFAULT_MODEL)).replace('"everyday"', repr(DEFAULT_LIBRARY))
    assert len([line for line in example.splitlines() if line.strip()]) <= 12
    environment = {**os.environ, "EXPERTLENS_CACHE": str(tmp_path / "cache"), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", example],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()

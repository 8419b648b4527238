"""Torch's threads sleep while they wait for each other: the app and the command line ask for it in time."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SAY = "import os, sys; print(os.environ.get('OMP_WAIT_POLICY'), 'torch' in sys.modules)"


@pytest.mark.parametrize(
    "start",
    ["import app", "from expertlens_core.cli import main; main(['cache', '--help'])"],
    ids=["app", "command line"],
)
@pytest.mark.parametrize("chosen", [None, "ACTIVE"])
def test_threads_are_told_before_torch_is_loaded(start, chosen):
    environment = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"}
    if chosen:
        environment["OMP_WAIT_POLICY"] = chosen
    done = subprocess.run(
        [sys.executable, "-c", f"{start}\n{SAY}"], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.stdout.splitlines()[-1:] == [f"{chosen or 'PASSIVE'} False"], done.stderr

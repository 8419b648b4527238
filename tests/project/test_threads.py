"""Torch's threads spin only briefly while they wait: the app and the command line ask for it in time."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SAY = "import os, sys; print(os.environ.get('GOMP_SPINCOUNT'), 'torch' in sys.modules)"


@pytest.mark.parametrize(
    "start",
    ["import app", "from expertlens_core.cli import main; main(['cache', '--help'])"],
    ids=["app", "command line"],
)
@pytest.mark.parametrize(
    ("chosen", "expected"),
    [({}, "1000"), ({"GOMP_SPINCOUNT": "7"}, "7"), ({"OMP_WAIT_POLICY": "ACTIVE"}, "None")],
    ids=["nothing", "spins", "policy"],
)
def test_threads_are_told_before_torch_is_loaded(start, chosen, expected):
    ours = ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT")
    environment = {name: value for name, value in os.environ.items() if name not in ours} | chosen
    done = subprocess.run(
        [sys.executable, "-c", f"{start}\n{SAY}"], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.stdout.splitlines()[-1:] == [f"{expected} False"], done.stderr

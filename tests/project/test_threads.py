"""Torch's threads spin only briefly while they wait: the app and the command line ask for it in time."""

import pytest

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
def test_threads_are_told_before_torch_is_loaded(start, chosen, expected, python, monkeypatch):
    for name in ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT"):
        monkeypatch.delenv(name, raising=False)
    done = python(f"{start}\n{SAY}", **chosen)
    assert done.stdout.splitlines()[-1:] == [f"{expected} False"], done.stderr

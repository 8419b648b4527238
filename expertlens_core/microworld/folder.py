"""Where the embedded model lies, and its checkpoints."""

from __future__ import annotations

import re
from pathlib import Path

from ..errors import InputError


def model_folder() -> Path:
    """The Hugging Face folder of the embedded model."""
    return Path(__file__).parent / "model"


def checkpoints(folder: Path | None = None) -> tuple[str, ...]:
    """Names of the stored checkpoints in order of training, ``("step-0", "step-1", …)``; the last is final."""
    folder = folder or model_folder()
    steps = [int(path.stem.split("-")[1]) for path in (folder / "checkpoints").glob("step-*.safetensors")]
    return tuple(f"step-{step}" for step in sorted({*steps, final_step(folder)}))


def final_step(folder: Path | None = None) -> int:
    """Number of training steps behind ``model.safetensors``, as its metadata says."""
    from safetensors import safe_open

    with safe_open(str((folder or model_folder()) / "model.safetensors"), framework="numpy") as file:
        return int((file.metadata() or {}).get("step", "0"))


def weights_file(revision: str | None = None, folder: Path | None = None) -> Path:
    """Weights of a checkpoint; no revision, and the last checkpoint, is ``model.safetensors``.

    Raises:
        InputError: when there is no such checkpoint.
    """
    folder = folder or model_folder()
    if revision in (None, "", "main", f"step-{final_step(folder)}"):
        return folder / "model.safetensors"
    path = folder / "checkpoints" / f"{revision}.safetensors"
    if not re.fullmatch(r"step-\d+", str(revision)) or not path.is_file():
        raise InputError(
            f"the embedded model has no checkpoint {revision!r}: expected one of {', '.join(checkpoints(folder))}"
        )
    return path

"""A model's files from outside: their state and digests, and what the hub's local cache holds of them."""

import hashlib
import json
import re
from pathlib import Path
from typing import Any

from ..files import file_state
from .built_in import SHA256, built_in_file, is_built_in
from .random_start import random_seed

CONFIG, WEIGHTS, INDEX = "config.json", "model.safetensors", "model.safetensors.index.json"
_COMMIT = re.compile(r"[0-9a-f]{40}")
known_digests: dict[str, str] = {}
"""Path and state of a file → its digest: of this process, and of earlier ones inside `weight_digests`."""


def model_state(name: str, revision: str | None) -> list[Any]:
    """A JSON-able state of a model's files; another state means that the model has to be loaded again."""
    revision = None if random_seed(revision) is not None else revision  # drawn for what the files describe
    if is_built_in(name):
        return [SHA256] if built_in_file() is not None else []
    place = Path(name).expanduser()
    if place.is_file():
        return [list(file_state(place))]
    if place.is_dir():
        files = [(path, path.relative_to(place)) for path in sorted(place.rglob("*")) if path.is_file()]
        return [
            [inside.as_posix(), *file_state(path)]
            for path, inside in files
            if not any(part.startswith((".", "__")) for part in inside.parts)
        ]
    if revision and _COMMIT.fullmatch(revision):
        return hub_state(revision)
    commit = _cached_commit(name, revision)
    return [] if commit is None else hub_state(commit)


def hub_state(commit: str) -> list[Any]:
    """The state of a hub model: its files are named by their content and never change."""
    return ["hub", commit]


def downloaded(name: str, revision: str | None = None) -> bool:
    """Whether a hub model's configuration and all of its safetensors weights lie in the local hub cache.

    A random start needs only the configuration.
    """
    if random_seed(revision) is not None:
        return (_cached_model(name) / "snapshots" / (_cached_commit(name, None) or "main") / CONFIG).is_file()
    folder = _cached_model(name) / "snapshots" / (_cached_commit(name, revision) or revision or "main")
    if not (folder / CONFIG).is_file():
        return False
    if (folder / WEIGHTS).is_file():
        return True
    try:
        names, missing = listed_weights(folder)
    except ValueError:
        return False
    return bool(names) and not missing


def listed_weights(folder: Path) -> tuple[list[str], list[str]]:
    """Names of the weight files that a folder's index lists, and of those not there; a ValueError if it is damaged."""
    try:
        names = sorted(set(json.loads((folder / INDEX).read_bytes())["weight_map"].values()))
        missing = [name for name in names if not (folder / name).is_file()]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError(f"{INDEX} cannot be read") from error
    return names, missing


def _cached_model(name: str) -> Path:
    from huggingface_hub import constants

    return Path(constants.HF_HUB_CACHE) / f"models--{name.replace('/', '--')}"


def _cached_commit(name: str, revision: str | None) -> str | None:
    """The commit to which a revision (by default main) points in the hub's local cache."""
    try:
        return (_cached_model(name) / "refs" / (revision or "main")).read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return None


def file_digest(path: Path) -> str:
    """SHA-256 (hex) of a file, read once per path and state."""
    key = "|".join(map(str, [path.resolve(), *file_state(path)]))
    if key not in known_digests:
        with path.open("rb") as file:
            known_digests[key] = hashlib.file_digest(file, "sha256").hexdigest()
    return known_digests[key]

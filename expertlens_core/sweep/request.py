"""The request of a sweep, and its plan as a TOML, YAML or JSON file."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

from ..errors import InputError, shortened
from ..request import Field, Names, Request, fields_of, request
from ..stages import STAGES

MOST_BYTES = 10_000_000
"""Of a plan's file."""
NOT_SWEPT = ("generate", "harvest", "audit", "card", "chat", "effects", "align models")
"""Stages whose request is not one of a model and a library."""
WHERE = ("model", "revision", "library", "stage", "recipe")
"""What an exclusion may name; a recipe by its number, the first being 0."""
_OF_GROUP = {"model", "revision", "library", "names"}


@request
class SweepRequest(Request):
    """Models x revisions x libraries x recipes, each through the same stages."""

    models: Names
    """smollm2, hub ids, local folders or GGUF files; NAME@REVISION names one revision."""
    revisions: Names = ()
    """Revisions of every model that names none itself."""
    libraries: Names = ("everyday",)
    """Libraries, as for find."""
    names: Names = ()
    """Concepts; default all of each library."""
    recipes: tuple[dict[str, Any], ...] = ({},)
    """Fields of a find request, such as {"positives": 100}; one find for each."""
    stages: Names = ("find",)
    """Stages in their order, such as find, similarity, align, domains."""
    options: dict[str, dict[str, Any]] = Field(default_factory=dict)
    """Stage -> fields of its request, such as {"align": {"judgments": "men.csv"}}."""
    exclude: tuple[dict[str, Any], ...] = ()
    """What is left out: each names some of model, revision, library, stage and recipe."""
    block: int = Field(default=10, ge=1)
    """Concepts of a task."""

    def __post_init__(self) -> None:
        if not self.models or not self.libraries or not self.stages or not self.recipes:
            raise InputError("a sweep needs at least one model, library, recipe and stage")
        for stage in (*self.stages, *self.options):
            if stage not in STAGES or stage in NOT_SWEPT:
                known = ", ".join(name for name in STAGES if name not in NOT_SWEPT)
                raise InputError(f"a sweep has no stage {shortened(stage)!r}: expected some of {known}")
        for each in self.exclude:
            if not each or set(each) - set(WHERE):
                raise InputError(
                    f"the sweep excludes {shortened(json.dumps(each))}: expected some of {', '.join(WHERE)}"
                )
        find = fields_of(STAGES["find"].request)
        for recipe in self.recipes:
            if strange := sorted((set(recipe) - set(find)) | (set(recipe) & _OF_GROUP)):
                known = ", ".join(name for name in find if name not in _OF_GROUP)
                raise InputError(
                    f"a recipe of the sweep has {shortened(strange[0])!r}: expected some of {known}"
                )


def read_sweep(path: Path) -> SweepRequest:
    """The sweep that a file describes; raises InputError for one that cannot be read as that."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError(f"{path} has over {MOST_BYTES:,} bytes: no plan of a sweep is that long")
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise InputError(f"{path} cannot be read as text: expected a plan in TOML, YAML or JSON") from problem
    value = _parsed(text, path)
    if not isinstance(value, dict):
        raise InputError(f"{path} holds no table: expected fields such as models and stages")
    return SweepRequest.from_json(value)


def _parsed(text: str, path: Path) -> Any:
    try:
        match path.suffix.lower():
            case ".toml":
                return tomllib.loads(text)
            case ".json":
                return json.loads(text)
            case ".yaml" | ".yml":
                import yaml

                return yaml.safe_load(text)
    except (ValueError, RecursionError) as problem:
        raise InputError(f"{path} is no sound {path.suffix[1:].upper()}: {_line(problem)}") from None
    except Exception as problem:  # yaml's own are of no usual kind
        raise InputError(f"{path} is no sound YAML: {_line(problem)}") from None
    raise InputError(f"{path} ends in {path.suffix!r}: expected .toml, .yaml or .json")


def _line(problem: BaseException) -> str:
    return shortened(" ".join(str(problem).split()), 120)

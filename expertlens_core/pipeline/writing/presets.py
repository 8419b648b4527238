"""Presets: requests to steer that were found to work well, kept with the installation as cards."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from ...errors import InputError
from .request import SteerRequest

FOLDER = Path(__file__).parents[2] / "presets"
"""JSON files, each an object with the `request` of a steered text."""


def presets(concept: str) -> tuple[SteerRequest, ...]:
    """The kept requests that steer towards a concept, in the order of their files' names; none is a result too."""
    return tuple(each for each in _presets(FOLDER) if each.concept == concept)


@cache
def _presets(folder: Path) -> tuple[SteerRequest, ...]:
    """All requests of a folder. Raises InputError for a file that holds none."""
    found = []
    for path in sorted(folder.glob("*.json")):
        try:
            found.append(SteerRequest.from_json(json.loads(path.read_text(encoding="utf-8"))["request"]))
        except (ValueError, KeyError, TypeError, InputError) as problem:
            raise InputError(
                f"the preset {path.name} holds no request to steer ({problem}): expected a steering card"
            ) from None
    return tuple(found)

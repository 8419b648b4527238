"""The key of an artefact: everything that its content depends on."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

Scalar = str | int | float | bool | None
Keep = Literal["derived", "responses", "result"]

KEEP_ORDER: tuple[Keep, ...] = ("derived", "responses", "result")
"""Eviction takes what other artefacts give back at once first, then what one model pass gives back for many concepts,
then what took a pass of its own."""


@dataclass(frozen=True, eq=False)
class ArtefactKey:
    """Stage, its version, and the request's fields."""

    stage: str
    """What was computed, e.g. ``"expertise"``."""
    version: int
    """Raised whenever the stage's code gives another result for the same request."""
    request: Mapping[str, Scalar]
    """Readable fields; a change of any of them is another artefact."""
    keep: Keep = "result"
    """Its place in `KEEP_ORDER`."""
    label: str = ""
    """What to call it in a list; not part of the digest."""

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) of stage, version and request."""
        return digest_of([self.stage, self.version, dict(self.request)])


def digest_of(value: object) -> str:
    """SHA-256 (hex) of a JSON-able value, the same on every machine and in every order of its keys."""
    content = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()

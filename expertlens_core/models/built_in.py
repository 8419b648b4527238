"""The model that comes with the installation."""

from __future__ import annotations

BUILT_IN_MODEL = "smollm2"


def is_built_in(name: str) -> bool:
    """Whether a name is that of the built-in model."""
    return name == BUILT_IN_MODEL

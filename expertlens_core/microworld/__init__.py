"""The embedded default: a small trained language model, its world, its concepts and its checkpoints."""

from __future__ import annotations

from .folder import checkpoints, model_folder, weights_file
from .library import microworld_library, write_library
from .related import related_words
from .steering_check import DEFAULT_EXPERTS, DEFAULT_STRENGTH

__all__ = [
    "DEFAULT_EXPERTS",
    "DEFAULT_STRENGTH",
    "checkpoints",
    "microworld_library",
    "model_folder",
    "related_words",
    "weights_file",
    "write_library",
]

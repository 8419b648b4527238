"""Models, their units, and the units' responses to sentences.

Importing this package loads no torch; the names below do when they are first used.
"""

from importlib import import_module
from typing import Any

_HOME = {
    "LanguageModel": "language_model",
    "ModelStore": "residency",
    "Responses": "units",
    "SilentModuleError": "hooks",
    "UnitModule": "units",
    "Units": "units",
    "downloaded": "model_files",
    "estimate_memory": "residency",
    "extract_responses": "extraction",
    "find_source": "sources",
    "hidden_means": "embeddings",
    "known_model": "catalogue",
    "load_model": "loading",
    "memory_of": "residency",
    "model_label": "label",
    "model_state": "model_files",
    "observing": "hooks",
    "unit_table": "loading",
    "unit_table_from_config": "discovery",
    "units_of": "catalogue",
    "word_vectors": "embeddings",
}
__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOME[name]}", __name__), name)

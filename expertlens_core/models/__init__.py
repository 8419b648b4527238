"""Where we look: models, their units, and the units' responses to sentences.

Importing this package loads no torch; the names below do when they are first used.
"""

from importlib import import_module
from typing import Any

_HOME = {
    "LanguageModel": "language_model",
    "Responses": "responses",
    "UnitModule": "units",
    "Units": "units",
    "extract_responses": "extraction",
    "load_model": "loading",
    "unit_table": "loading",
    "unit_table_from_config": "discovery",
}
__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOME[name]}", __name__), name)

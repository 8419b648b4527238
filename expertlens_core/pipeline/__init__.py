"""One file per stage: a request in, a cached result out. Importing it loads no torch."""

from importlib import import_module
from typing import Any

_HOME = {
    "ApMatrix": "matrix",
    "FindRequest": "request",
    "Found": "finding",
    "ModelRecord": "model_record",
    "Plan": "plan",
    "SteerRequest": "steered",
    "SteeredText": "steered",
    "ap_matrix": "matrix",
    "export_found": "export",
    "find": "finding",
    "find_expertise": "finding",
    "known_record": "model_record",
    "load_expertise": "expertise_file",
    "load_for": "session",
    "plan_find": "plan",
    "rebuild_pool": "pool",
    "save_expertise": "expertise_file",
    "steer": "steered",
}
__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{_HOME[name]}", __name__), name)
    globals()[name] = value
    return value

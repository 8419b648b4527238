"""Find, explore and steer the expert units of language models.

Importing this package loads no torch; the names below load what they need when they are first used.
"""

from importlib import import_module
from typing import Any

_HOME = {
    "Concept": "concepts",
    "Dose": "steering",
    "Expertise": "experts",
    "FindRequest": "pipeline",
    "InputError": "errors",
    "Library": "concepts",
    "Row": "steering",
    "SteerRequest": "pipeline",
    "ap_matrix": "pipeline",
    "calibrate_concept": "pipeline",
    "distribution": "experts",
    "expert_set": "experts",
    "extract_responses": "models",
    "find": "pipeline",
    "find_expertise": "pipeline",
    "generate": "steering.generation",
    "generate_texts": "steering.generation",
    "load_expertise": "pipeline",
    "load_library": "concepts",
    "load_model": "models",
    "random_control": "steering",
    "safe_dose": "steering",
    "save_expertise": "pipeline",
    "set_to_dose": "steering",
    "set_to_mean": "steering",
    "simulate_null": "experts",
    "steer": "pipeline",
    "top_experts": "experts",
    "unit_table": "models",
    "write_library": "concepts",
}
__all__ = sorted(_HOME)
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f".{_HOME[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*globals(), *__all__]

"""A frozen result as arrays and JSON, and back: by its fields and their types, so that no result needs code for it."""

import math
import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import Any

import numpy as np


def pack(value: Any) -> tuple[dict[str, np.ndarray], Any]:
    """Arrays by the path of their field, such as ``"table.values"``, and the rest as JSON."""
    arrays: dict[str, np.ndarray] = {}
    return arrays, _packed(value, "", arrays)


def _packed(value: Any, path: str, arrays: dict[str, np.ndarray]) -> Any:
    if isinstance(value, np.ndarray):
        arrays[path] = value
        return {"array": path}
    if is_dataclass(value):
        return {
            each.name: _packed(getattr(value, each.name), _join(path, each.name), arrays)
            for each in fields(value)
        }
    if isinstance(value, Mapping):
        return {str(key): _packed(inner, _join(path, str(key)), arrays) for key, inner in value.items()}
    if isinstance(value, tuple | list):
        return [_packed(inner, _join(path, str(number)), arrays) for number, inner in enumerate(value)]
    if isinstance(value, float | np.floating) and not math.isfinite(value):
        return str(float(value))  # JSON has no word for it
    return value.item() if isinstance(value, np.generic) else value


def unpack(kind: Any, arrays: Mapping[str, np.ndarray], content: Any) -> Any:
    """The result of some type behind what `pack` gave; a KeyError, TypeError or ValueError for another type's.

    A field with a default may be missing: a result is kept longer than its type.
    """
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin in (typing.Union, types.UnionType):
        kinds = [each for each in inner if each is not types.NoneType]
        return None if content is None else unpack(kinds[0], arrays, content)
    if kind is np.ndarray or origin is np.ndarray:
        return arrays[content["array"]]
    if is_dataclass(kind):
        made: Any = kind
        missing = {each.name for each in fields(made) if each.default is not MISSING} - set(content)
        wanted = {name: hint for name, hint in _hints(made).items() if name not in missing}
        return made(**{name: unpack(hint, arrays, content[name]) for name, hint in wanted.items()})
    if origin is tuple:
        hints = inner[:1] * len(content) if inner[1:] == (...,) else inner
        return tuple(unpack(hint, arrays, each) for hint, each in zip(hints, content, strict=True))
    if origin in (dict, Mapping):
        return {key: unpack(inner[1], arrays, each) for key, each in content.items()}
    return float(content) if kind is float else content


@cache
def _hints(kind: Any) -> dict[str, Any]:
    hints = typing.get_type_hints(kind)
    return {each.name: hints[each.name] for each in fields(kind) if each.init}


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name

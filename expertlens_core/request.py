"""Requests: frozen records that are checked as they are made and come back from JSON.

One declaration gives a request's fields, their limits, their help texts, its JSON and the options of its command.
"""

from __future__ import annotations

import json
import typing
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Annotated, Any, Self, TypeVar, dataclass_transform

from pydantic import BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass
from pydantic.fields import FieldInfo

from .errors import InputError, shortened

__all__ = ["Field", "Names", "Request", "Tau", "fields_of", "request"]

Made = TypeVar("Made", bound=type)
Names = Annotated[tuple[str, ...], BeforeValidator(lambda value: _several(value))]
"""Several texts; one alone may stand without a tuple."""
Tau = Annotated[float, Field(ge=0, lt=1, examples=[0.5])]
"""A threshold on AP."""


def _several(value: Any) -> Any:
    if isinstance(value, str):
        return (value,)
    return tuple(value) if isinstance(value, list) else value


class Request:
    """What all requests can do."""

    def to_json(self) -> dict[str, Any]:
        """A JSON object of all fields."""
        return _adapter(self.__class__).dump_python(self, mode="json")

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Self:
        """The request behind a JSON object; raises InputError when it has other fields, or a value that cannot be."""
        try:
            return _adapter(cls).validate_json(json.dumps(dict(value)), strict=True)
        except ValidationError as error:
            raise explain(cls, error) from None


@dataclass_transform(frozen_default=True, field_specifiers=(Field,))
def request(cls: Made) -> Made:
    """Make a class of annotated fields a request. A docstring below a field is its help text.

    Making one raises InputError for a value that cannot be.
    """
    made: Any = dataclass(frozen=True, config=ConfigDict(extra="forbid", use_attribute_docstrings=True))(cls)
    check: Callable[..., None] = made.__init__

    def __init__(self: Any, *values: Any, **named: Any) -> None:
        try:
            check(self, *values, **named)
        except ValidationError as error:
            raise explain(made, error) from None

    made.__init__ = __init__
    return made


def fields_of(cls: type) -> dict[str, FieldInfo]:
    """Name → field of a request: annotation, default, help text, limits."""
    return cls.__pydantic_fields__  # type: ignore[attr-defined]


def explain(cls: type, error: ValidationError) -> InputError:
    """The first problem of a validation as one sentence."""
    problem = error.errors(include_url=False)[0]
    kind, context = problem["type"], problem.get("ctx", {})
    if "error" in context:
        return InputError(str(context["error"]))
    place = [str(part) for part in problem["loc"] if not isinstance(part, int)] or [cls.__name__]
    inner = cls
    for part in place[:-1]:
        kind_of_part = fields_of(inner)[part].annotation
        if isinstance(kind_of_part, type) and issubclass(kind_of_part, Request):
            inner = kind_of_part
    name, value = place[-1], problem["input"]
    if kind in ("unexpected_keyword_argument", "extra_forbidden"):
        kinds = inner.__name__.removesuffix("Request").lower()
        article = "an" if kinds[:1] in "aeiou" else "a"
        return InputError(
            f"{article} {kinds} request has no field {shortened(name)!r}: expected some of {sorted(fields_of(inner))}"
        )
    field = fields_of(inner).get(name)
    if isinstance(problem["loc"][-1], int):
        name = name.removesuffix("s")  # one of several values
    return InputError(f"{name} is {shortened(repr(value))}: expected {_expected(kind, context, field)}")


def _expected(kind: str, context: Mapping[str, Any], field: FieldInfo | None) -> str:
    said = list(_said_of(field)) if field else []
    limits = {
        name: getattr(each, name) for each in said for name in ("ge", "lt", "le") if hasattr(each, name)
    }
    examples = [example for each in said if isinstance(each, FieldInfo) for example in each.examples or ()]
    if kind == "literal_error":
        told = context["expected"].replace("'", "").replace(" or ", ", ")
        return f"one of {told}"
    if "ge" in limits and "lt" in limits:
        told = f"a number from {limits['ge']:g} to below {limits['lt']:g}"
    elif kind == "greater_than_equal":
        told = f"at least {limits['ge']:g}"
    else:
        kinds = {"int": "a whole number", "float": "a number", "bool": "true or false", "tuple": "a list"}
        told = kinds.get(kind.split("_")[0], "text")
    return told + (f", such as {examples[0]}" if examples else "")


def _said_of(part: Any) -> Iterator[Any]:
    """Everything that an annotation says beside the type, inside of tuples and alternatives too."""
    yield part
    if isinstance(part, FieldInfo):
        parts = [*part.metadata, part.annotation]
    else:
        parts = [*getattr(part, "__metadata__", ()), *typing.get_args(part)]
    for inner in parts:
        yield from _said_of(inner)


_adapter: Any = cache(TypeAdapter)

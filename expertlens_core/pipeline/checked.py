"""Types of the values in the files of stories and cards, and the one sentence that tells of a wrong value."""

from collections.abc import Callable
from dataclasses import astuple, fields
from typing import Annotated, Any, TypeVar

import pydantic
from pydantic import ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from ..errors import InputError
from .writing.request import SteerRequest

MAX_CHARACTERS = 20_000
"""Of one text."""
MAX_ITEMS = 10_000
"""Of one list."""
PLACES = {"best": ", best unit", "texts": ", text", "changes": ", change", "modules": ", module"}
"""Key in a file → what an error calls the place."""
RECORD = "record it again with 'demo prepare'"
"""The way out of what is wrong in a story."""
T = TypeVar("T")


class Strict:
    """Read from a file, it holds these fields and no others; made in Python, it is not checked."""

    __pydantic_config__ = ConfigDict(extra="forbid")


def expecting(expected: str) -> pydantic.WrapValidator:
    """Name what was expected where a value is wrong itself, not something inside it."""

    def check(value: Any, inner: Callable[[Any], Any]) -> Any:
        try:
            return inner(value)
        except ValidationError as error:
            first = error.errors()[0]
            if first["loc"]:
                raise
            raise ValueError("valid Unicode" if first["type"] == "string_unicode" else expected) from None

    return pydantic.WrapValidator(check)


Text = Annotated[
    str,
    Field(strict=True, max_length=MAX_CHARACTERS, pattern=r"^[^\x00]*$"),
    expecting(f"text of at most {MAX_CHARACTERS:,} characters"),
]
Whole = Annotated[int, Field(strict=True, ge=0, lt=2**53), expecting("a whole number of at least 0")]
Positive = Annotated[int, Field(strict=True, ge=1, lt=2**53), expecting("a whole number of at least 1")]
Few = Annotated[int, Field(strict=True, ge=1, le=10_000), expecting("a whole number from 1 to 10,000")]
Many = Annotated[
    int, Field(strict=True, ge=0, lt=10**6), expecting("a whole number from 0 to below 1,000,000")
]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False), expecting("a number")]
NotNegative = Annotated[Number, Field(ge=0), expecting("a number")]
Part = Annotated[Number, Field(ge=0, le=1), expecting("a number from 0 to 1")]
Truth = Annotated[bool, Field(strict=True), expecting("true or false")]
Versions = Annotated[dict[Text, Text], Field(max_length=100), expecting("an object of version numbers")]
Items = Annotated[tuple[T, ...], Field(max_length=MAX_ITEMS), expecting(f"a list of at most {MAX_ITEMS:,}")]


def problem(sentence: str, kind: str = "sentence") -> PydanticCustomError:
    """An error whose sentence needs nothing but the name of the place before it."""
    return PydanticCustomError(kind, "{sentence}", {"sentence": sentence})


def unsound(key: str, expected: str) -> PydanticCustomError:
    """An error about the value of a key; `explained` adds the way out."""
    return problem(f"is not sound at {key!r}: expected {expected}", "unsound")


def listed(kind: type, otherwise: PydanticCustomError) -> pydantic.BeforeValidator:
    """A small dataclass is read from the list of its values."""

    def named(value: Any) -> dict[str, Any]:
        names = [field.name for field in fields(kind)]
        if not isinstance(value, list) or len(value) != len(names):
            raise otherwise
        return dict(zip(names, value))

    return pydantic.BeforeValidator(named)


AS_LIST = pydantic.PlainSerializer(astuple)
"""Writes what `listed` reads."""


def _request(value: Any) -> SteerRequest:
    """A field that is not there takes its default: stories outlive the fields that requests gain."""
    try:
        return SteerRequest.from_json(value)
    except (ValueError, TypeError, AttributeError) as error:
        raise problem(f"has an unusable request ({error})", "request") from None


Request = Annotated[
    SteerRequest, pydantic.PlainValidator(_request), pydantic.PlainSerializer(SteerRequest.to_json)
]


def explained(error: ValidationError, where: str, what: str = "story", way_out: str = RECORD) -> InputError:
    """The first thing that is wrong, in one sentence: its place, what was expected there, and the way out."""
    first = error.errors()[0]
    keys = [part for part in first["loc"] if isinstance(part, str)]
    if keys[:1] == ["concepts"] and len(first["loc"]) > 1:
        where += f", chapter {int(first['loc'][1]) + 1}"
    match first["type"]:
        case "sentence" | "unsound":
            told = first["msg"]
        case "request":
            keys.pop()
            told = first["msg"]
        case "dataclass_type" | "model_type":
            told = f"is no object: expected a {what}"
        case "missing":
            told = unsound(keys.pop(), "it to be there").message()
        case "value_error":
            told = unsound(keys.pop(), str(first["ctx"]["error"])).message()
        case _:
            told = unsound(keys.pop(), "no field of this name").message()
    way_out = "" if first["type"] == "sentence" else f"; {way_out}"
    return InputError(f"{where}{''.join(PLACES.get(key, '') for key in keys)} {told}{way_out}")

"""Options of commands, made from the fields of their requests."""

import inspect
import re
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

import typer
from pydantic.fields import FieldInfo

from ..concepts import load_library
from ..errors import InputError
from ..request import Request, fields_of
from .output import say

NAMES = {"library": "concepts", "strengths": "strength", "form": "format"}
"""Field or parameter → its option, where they differ."""
METAVARS = {
    "model": "M", "library": "LIBRARY", "names": "A,B", "pool": "FILE", "modules": "RE", "positives": "FILE",
    "negatives": "FILE", "related": "A,B",
}  # fmt: skip
MOST_WARNINGS = 20


def takes(
    kind: type[Request],
    *,
    only: Sequence[str] = (),
    leave: Sequence[str] = (),
    renamed: Mapping[str, str] | None = None,
    **own: str | tuple[str, str],
) -> Any:
    """A decorator: the command `function(asked, ...)` gets the options of a request's fields, and the request.

    The fields of a request inside it (`find`) become options of their own; a field that both have is one option.

    Args:
        only, leave: the fields that get an option, default all, and those that get none.
        renamed: field → option, beside `NAMES`.
        own: the function's other parameters with their help, or metavar and help.
    """
    names = NAMES | dict(renamed or {})

    def decorate(function: Callable[..., None]) -> Callable[..., None]:
        inner: Any = fields_of(kind)["find"].annotation if "find" in fields_of(kind) else None
        fields: dict[str, FieldInfo] = {} if inner is None else dict(fields_of(inner))
        fields |= {name: field for name, field in fields_of(kind).items() if name != "find"}
        fields = {
            name: field for name, field in fields.items() if name in (only or fields) and name not in leave
        }

        def command(**values: Any) -> None:
            given = {name: values.pop(name) for name in fields}
            read = {
                name: _value(names.get(name, name), field, given[name], given.get("library", ""))
                for name, field in fields.items()
            }
            request = {name: read[name] for name in fields_of(kind) if name in read}
            if inner is not None:
                request["find"] = inner(**{name: read[name] for name in fields_of(inner) if name in read})
            function(kind(**request), **values)

        parameters = list(inspect.signature(function, eval_str=True).parameters.values())[1:]
        for number, each in enumerate(parameters):
            if (said := own.get(each.name)) is not None:
                metavar, told = (None, said) if isinstance(said, str) else said
                option = typer.Option(_flag(NAMES.get(each.name, each.name)), help=told, metavar=metavar)
                parameters[number] = each.replace(annotation=Annotated[each.annotation, option])
        options = parameters + [_option(name, names.get(name, name), field) for name, field in fields.items()]
        options.sort(key=lambda option: option.default is not inspect.Parameter.empty)
        command.__name__, command.__doc__ = function.__name__, function.__doc__
        command.__signature__ = inspect.Signature(options)  # type: ignore[attr-defined]
        command.__annotations__ = {option.name: option.annotation for option in options}
        return command

    return decorate


def _option(name: str, shown: str, field: FieldInfo) -> inspect.Parameter:
    """The option of a field; several values are one text, parted by commas."""
    kind, default = _plain(field.annotation), field.get_default(call_default_factory=True)
    flag = _flag(shown)
    if kind is tuple:
        kind, default = str, ""
    if kind is bool and default is not False:
        flag += f"/--no-{flag[2:]}"
    help_text = " ".join((field.description or "").split())
    metavar = (
        METAVARS.get(name) if kind is str else None
    )  # of one name a request takes a file, another a number
    option = typer.Option(flag, help=help_text, metavar=metavar, show_default=default not in ("", None))
    annotation: Any = Annotated[kind if default is not None else kind | None, option]
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _plain(annotation: Any) -> Any:
    """str, int, float, bool or tuple: what a field's type is on the command line."""
    origin = typing.get_origin(annotation)
    if origin is Annotated:
        return _plain(typing.get_args(annotation)[0])
    if origin in (typing.Union, types.UnionType):
        return _plain(next(each for each in typing.get_args(annotation) if each is not types.NoneType))
    return str if origin is typing.Literal else origin or annotation


def _value(shown: str, field: FieldInfo, given: Any, library: str) -> Any:
    """The value of a field behind what stood on the command line."""
    if _plain(field.annotation) is not tuple:
        return given
    if not given.strip():
        return field.get_default(call_default_factory=True)
    if shown == "names":
        return concept_names(given, library)
    if "float" in str(field.annotation) or "Tau" in str(field.annotation):
        try:
            return tuple(float(part) for part in given.split(",") if part.strip())
        except ValueError:
            raise InputError(
                f"--{shown} is {given!r}: expected numbers parted by commas, such as 0.5,0.7"
            ) from None
    return () if given.strip() == "none" else split_names(given)


def say_warnings(warned: Mapping[str, Sequence[str]], cleanable: bool) -> None:
    """Each warning once, with its concepts, and the way out where cleaning takes something away."""
    for warning, keys in list(warned.items())[:MOST_WARNINGS]:
        more = f" and {len(keys) - 3} more" if len(keys) > 3 else ""
        say(f"{', '.join(keys[:3])}{more}: {warning}")
    if len(warned) > MOST_WARNINGS:
        say(f"{len(warned) - MOST_WARNINGS} other warnings on single concepts.")
    if warned and cleanable:
        say(
            "Some of the sentences carry formatting or stand twice: --clean takes that away and leaves the words."
        )


def split_names(text: str) -> tuple[str, ...]:
    """``"cat, dog"`` → ``("cat", "dog")``; a comma inside parentheses or double quotes belongs to a name."""
    names, depth, quoted, current = [], 0, False, ""
    for character in text:
        depth += (character == "(") - (character == ")")
        quoted ^= character == '"'
        if character == "," and depth <= 0 and not quoted:
            names.append(current)
            current = ""
        else:
            current += character
    names = [name.strip() for name in (*names, current)]
    return tuple(name[1:-1] if re.fullmatch('"[^"]+"', name) else name for name in names if name)


def concept_names(text: str, library: str) -> tuple[str, ...]:
    """The concepts that ``--names`` asks for: one where the library has one of the whole name, else several."""
    names = split_names(text)
    return (text,) if len(names) > 1 and load_library(library).named(text) else names

"""Fields: the choices that a link can hold, and how the text in the link is read and written."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Field:
    name: str
    """In the link."""
    default: Any
    read: Callable[[str], Any]
    """Text of a link → value; raises ValueError with what was expected."""
    write: Callable[[Any], str] = str
    page: str = ""
    """The page it belongs to; empty for a choice that all pages share."""


FIELDS: dict[str, Field] = {}
"""Name → field, as the pages' modules declare them."""


def field(
    name: str, default: Any, read: Callable[[str], Any], write: Callable[[Any], str] = str, page: str = ""
) -> Field:
    """A new field, which a link may hold from now on.

    Raises:
        ValueError: when another page's field has the name.
    """
    known = FIELDS.get(name)
    if known is not None and known.page != page:
        raise ValueError(f"two fields are named {name!r}: of {known.page!r} and of {page!r}")
    FIELDS[name] = Field(name, default, read, write, page)
    return FIELDS[name]


def text(longest: int = 300) -> Callable[[str], str]:
    def read(value: str) -> str:
        if len(value) > longest:
            raise ValueError(f"at most {longest} characters")
        return value

    return read


def number(least: float, most: float, whole: bool = False) -> Callable[[str], Any]:
    def read(value: str) -> float | int:
        try:
            if least <= (found := int(value) if whole else float(value)) <= most:
                return found
        except ValueError:
            pass
        raise ValueError(f"a {'whole ' if whole else ''}number from {least:g} to {most:g}")

    return read


def choice(*options: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        if value not in options:
            raise ValueError(f"one of {', '.join(options)}")
        return value

    return read


def switch(name: str, default: bool = False, page: str = "") -> Field:
    """A new field that is on or off, ``1`` or ``0`` in the link."""

    def read(value: str) -> bool:
        if value not in ("0", "1"):
            raise ValueError("1 or 0")
        return value == "1"

    return field(name, default, read, lambda value: "1" if value else "0", page)


def several(name: str, most: int, page: str = "") -> Field:
    """A new field of up to some names, each at most once, with bars (|) between them in the link."""

    def read(value: str) -> tuple[str, ...]:
        found = tuple(dict.fromkeys(part.strip() for part in value.split("|") if part.strip()))
        if len(found) > most:
            raise ValueError(f"at most {most} names with a bar (|) between them")
        return found

    return field(name, (), read, "|".join, page)

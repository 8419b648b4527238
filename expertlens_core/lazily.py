"""Names of a package that are imported when they are first used, so that importing the package loads no torch."""

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any


def names_from(
    package: str, homes: Mapping[str, Sequence[str]]
) -> tuple[list[str], Callable[[str], Any], Callable[[], list[str]]]:
    """``__all__``, ``__getattr__`` and ``__dir__`` of a package, from its modules and the names in them."""
    home_of = {name: module for module, names in homes.items() for name in names}

    def find_name(name: str) -> Any:
        if name not in home_of:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(f".{home_of[name]}", package), name)

    return sorted(home_of), find_name, lambda: sorted(home_of)

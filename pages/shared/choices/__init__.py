"""Choices of single pages, one module a page: declared before the link is read, whichever page it opens."""

from importlib import import_module
from pkgutil import iter_modules


def declare_all() -> None:
    """Import every module here; each declares its page's fields."""
    for module in iter_modules(__path__):
        import_module(f"{__name__}.{module.name}")

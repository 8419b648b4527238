"""Models and libraries that a link names: is there such a thing?"""

from pathlib import Path

from expertlens_core.concepts.shelf import own_library_path
from expertlens_core.defaults import DEFAULT_LIBRARY, DEFAULT_MODEL
from expertlens_core.models.built_in import BUILT_IN_MODEL, is_built_in
from expertlens_core.models.catalogue import known_model
from expertlens_core.models.model_files import downloaded
from pages.shared.fields import text
from pages.shared.loading import library_names


def read_model(value: str) -> str:
    """A model's name in a link.

    Raises:
        ValueError: for a name that is no folder, no model known here, and without an owner no hub id to try.
    """
    name = text()(value)
    short = name.strip()
    if not short or "/" in short or short == DEFAULT_MODEL or is_built_in(short):
        return name
    if _is_there(short) or known_model(short) is not None or downloaded(short):
        return name
    raise ValueError(
        f"a model that is here ({BUILT_IN_MODEL}), a hub id with its owner, or a folder; choose one at the left"
    )


def read_second_model(value: str) -> str:
    read_model(value.partition("@")[0])
    return text()(value)


def read_library(value: str) -> str:
    """A library's name or path in a link.

    Raises:
        ValueError: for a name that is none.
    """
    name = text()(value)
    short = name.strip()
    if not short or short == DEFAULT_LIBRARY or short in library_names() or own_library_path(short):
        return name
    if any(character in short for character in "./\\") or _is_there(short):
        return name  # a path; where nothing is there, the page says so
    raise ValueError(
        f"one of the libraries that are here ({', '.join(library_names())}), or the path of a folder or file; choose "
        "one at the left"
    )


def _is_there(path: str) -> bool:
    try:
        return Path(path).expanduser().exists()
    except (OSError, ValueError, RuntimeError):
        return False

"""A user's own library: concepts join it and leave it, and it is renamed. Written whole each time."""

import re
import threading
from collections.abc import Iterable

from ..errors import InputError
from .cleaning import clean_library
from .health import size_warnings
from .library import Concept, Library
from .library_files import BUILT_IN, load_library, write_library
from .shelf import new_library_path, own_libraries, own_library_path, remove_own_library
from .spelling import plain_name, safe_name

_WRITING = threading.Lock()
"""Two visitors who add to one library at the same moment: neither addition is lost."""


def own_library_name(text: str) -> str:
    """The name under which a library of the user's is kept, from what was typed.

    >>> own_library_name("My animals")
    'my-animals'

    Raises InputError when nothing was typed, or a built-in library has that name.
    """
    text = plain_name(text)
    if not text:
        raise InputError("the library has no name: type one, such as 'my-animals'")
    name = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:60].strip("-")
    if name != safe_name(name) or not name:
        # Device names of Windows, other alphabets: a dash before the digits would look like a hidden name.
        name = safe_name(text).replace("-", "_")
    if name in BUILT_IN:
        raise InputError(f"{name!r} is the name of a built-in library: choose another, such as 'my-{name}'")
    return name


def free_name(name: str) -> str:
    """The name as a library's, or one beside it where a library has that name already."""
    try:
        base = own_library_name(name)
    except InputError:
        base = own_library_name(f"my {name}")
    taken = set(own_libraries())
    return next(each for each in (base, *(f"{base}-{i}" for i in range(2, 10_000))) if each not in taken)


def add_concepts(name: str, concepts: Iterable[Concept], replaces: str = "") -> Library:
    """Add concepts to a library on the shelf; it is made where there is none of that name.

    The first one takes the place of the concept with the key `replaces` (for an edited or renamed concept).
    Raises InputError when the library holds a concept of the same key already, or one has too few sentences.
    """
    new = list(concepts)
    for concept in new:
        negatives = 1000 if concept.negatives is None else len(set(concept.negatives))
        size_warnings(concept.key, len(set(concept.positives)), negatives)
    with _WRITING:
        kept = list(load_library(name)) if own_library_path(name) else []
        place = next((i for i, concept in enumerate(kept) if replaces and concept.key == replaces), len(kept))
        rest = [concept for concept in kept if concept.key != replaces]
        taken = {concept.key for concept in rest}
        for concept in new:
            if concept.key in taken:
                raise InputError(
                    f"the library {name!r} holds a concept {concept.key!r} already: give this one another name "
                    "or a sense, choose another library, or edit the one that is there"
                )
            taken.add(concept.key)
        return _write(name, [*rest[:place], *new, *rest[place:]])


def remove_concept(name: str, key: str) -> Library | None:
    """Take a concept out of a library on the shelf; with the last one the library goes (None)."""
    with _WRITING:
        kept = [concept for concept in load_library(name) if concept.key != key]
        if not kept:
            remove_own_library(name)
            return None
        return _write(name, kept)


def clean_own_library(name: str) -> Library:
    """Take formatting off the sentences of a library on the shelf."""
    with _WRITING:
        return _write(name, clean_library(load_library(name)))


def rename_library(name: str, new: str) -> None:
    """Keep a library on the shelf under another name; raises InputError when that is taken."""
    if name == new:
        return
    with _WRITING:
        if own_library_path(new):
            raise InputError(f"there is a library {new!r} already: choose another name")
        _write(new, load_library(name))
        remove_own_library(name)


def _write(name: str, concepts: Iterable[Concept]) -> Library:
    library = Library(name, tuple(concepts))
    write_library(library, new_library_path(name))
    return library

"""A user's own library: made, filled, changed, renamed and removed. Written whole each time.

Every change is applied to the file as it is at that moment, while no other thread or program writes; what it takes
away is kept beside the libraries (`changes`), and `undo` brings it back. Who changes a concept may say which state of
it was read: where it is another one by now, nothing is written.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import NoReturn

from ..errors import InputError, shortened
from .changes import Change, kept_change, library_state_of, put_aside, state_of
from .cleaning import clean_library
from .formats.whole_file import write_whole_file
from .health import size_warnings
from .library import Concept, Library
from .library_change import changed, library_content
from .library_files import BUILT_IN, load_library
from .shelf import new_library_path, own_libraries, own_library_path, remove_own_library, shelf_held
from .spelling import plain_name, safe_name


class ConceptChanged(InputError):
    """A concept or library was changed elsewhere since it was read."""


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
    library, _ = changed(name, f"edited {replaces}", lambda kept: _with(name, kept, new, replaces))
    return library or Library(name, tuple(new))


def replace_concept(name: str, key: str, concept: Concept, former: str = "") -> Change | None:
    """Put a concept in the place of another one of a library on the shelf; None where nothing was different.

    Args:
        former: `state_of` the concept of that key when it was read; empty takes what is there now.

    Raises ConceptChanged where that one was changed or removed meanwhile, InputError as `add_concepts`.
    """

    def make(kept: list[Concept]) -> list[Concept]:
        _check(name, kept, key, former)
        return _with(name, kept, [concept], key)

    return changed(name, f"edited {key}", make)[1]


def remove_concept(name: str, key: str, former: str = "") -> Change | None:
    """Take a concept out of a library on the shelf; with the last one the library goes.

    Raises ConceptChanged where it was changed or removed since its state was `former`, else InputError without it.
    """

    def make(kept: list[Concept]) -> list[Concept]:
        _check(name, kept, key, former)
        return [concept for concept in kept if concept.key != key]

    return changed(name, f"removed {key}", make)[1]


def duplicate_concept(name: str, key: str) -> Concept:
    """Add a copy of a concept of a library on the shelf; its sense says that it is one."""
    made: list[Concept] = []

    def make(kept: list[Concept]) -> list[Concept]:
        _check(name, kept, key, "")
        place, concept = next((i, concept) for i, concept in enumerate(kept) if concept.key == key)
        senses = (f"{concept.sense}, copy".strip(", ") + f" {i}" * (i > 1) for i in range(1, 10_000))
        copies = (replace(concept, sense=sense) for sense in senses)
        taken = {each.key for each in kept}
        made.append(next(copy for copy in copies if copy.key not in taken))
        return [*kept[: place + 1], made[-1], *kept[place + 1 :]]

    changed(name, f"duplicated {key}", make)
    return made[-1]


def copy_library(library: Library, name: str) -> Library:
    """Keep a copy of any library under a name of one's own; raises InputError where that name is taken."""

    def make(kept: list[Concept]) -> list[Concept]:
        if kept:
            _taken(name)
        return _with(name, [], list(library), "")

    return changed(name, "made", make)[0] or library


def remove_library(name: str, former: str = "") -> Change | None:
    """Take a library off the shelf.

    A file that cannot be read is put aside as it is; nothing undoes that but moving it back by hand.
    Raises ConceptChanged where it was changed since its `library_state_of` was `former`.
    """
    path = own_library_path(name)
    try:
        load_library(name)
    except InputError:
        if path is not None:
            with shelf_held():
                put_aside(path)
            return None

    def make(kept: list[Concept]) -> list[Concept]:
        if former and library_state_of(kept) != former:
            raise ConceptChanged(
                f"the library {shortened(name)!r} was changed elsewhere since it was read here: it stays; look at it "
                "again, and remove it then if you still want to"
            )
        return []

    return changed(name, "removed the library", make)[1]


def clean_own_library(name: str) -> Change | None:
    """Take formatting off the sentences of a library on the shelf; None where there was none."""
    return changed(
        name, "cleaned the sentences", lambda kept: list(clean_library(Library(name, tuple(kept))))
    )[1]


def rename_library(name: str, new: str) -> Change | None:
    """Keep a library on the shelf under another name; raises InputError when that is taken."""
    if name == new:
        return None
    with shelf_held():
        if own_library_path(new):
            _taken(new)
        library = Library(new, load_library(name).concepts)
        change = kept_change(name, f"renamed to {new}", renamed=new)
        write_whole_file(new_library_path(new), library_content(library))
        remove_own_library(name)
    return change


def _with(name: str, kept: list[Concept], new: list[Concept], replaces: str) -> list[Concept]:
    """The concepts with new ones at the end, or in the place of the one that they replace."""
    for concept in new:
        negatives = 1000 if concept.negatives is None else len(set(concept.negatives))
        size_warnings(concept.key, len(set(concept.positives)), negatives)
    place = next((i for i, concept in enumerate(kept) if replaces and concept.key == replaces), len(kept))
    rest = [concept for concept in kept if concept.key != replaces]
    taken = {concept.key for concept in rest}
    for concept in new:
        if concept.key in taken:
            raise InputError(
                f"the library {name!r} holds a concept {shortened(concept.key)!r} already: give this one another name "
                "or a sense, choose another library, or edit the one that is there"
            )
        taken.add(concept.key)
    return [*rest[:place], *new, *rest[place:]]


def _check(name: str, kept: list[Concept], key: str, former: str) -> None:
    """Raise where a concept is not there, or was changed since its state was `former`."""
    there = next((concept for concept in kept if concept.key == key), None)
    if there is None and not former:
        raise InputError(
            f"the library {name!r} has no concept {shortened(key)!r}: 'concepts list' shows them all"
        )
    if former and (there is None or state_of(there) != former):
        done = "removed" if there is None else "changed"
        raise ConceptChanged(
            f"the concept {shortened(key)!r} of {shortened(name)!r} was {done} elsewhere since it was read here: it "
            "stays as it is there; look at it again, or keep yours under another name or sense"
        )


def _taken(name: str) -> NoReturn:
    raise InputError(f"there is a library {name!r} already: choose another name")

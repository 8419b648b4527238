"""Undoing a change to a library of the user's own: what it took away comes back, into the library as it is now."""

from ..errors import InputError, shortened
from .changes import Change, forget_change, state_of
from .library import Concept
from .library_change import changed
from .own_library import rename_library
from .shelf import own_library_path


def undo(change: Change) -> str:
    """Take a change back; returns the name of its library. What the undoing itself overwrites is kept as well.

    Raises InputError, and changes nothing, where what the change left was changed since, or its name is taken.
    """
    if change.renamed:
        if not own_library_path(change.renamed):
            raise _since(change, f"the library {change.renamed!r} is not there any more")
        if (back := rename_library(change.renamed, change.library)) is not None:
            forget_change(back)  # renaming once more is as quick
    else:
        changed(change.library, f"undid: {change.what}", lambda kept: _undone(change, kept))
    forget_change(change)
    return change.library


def _undone(change: Change, kept: list[Concept]) -> list[Concept]:
    if change.gone and kept:
        raise _since(change, f"there is a library {change.library!r} again, so rename that one first")
    if not change.gone and not kept:
        raise _since(
            change, f"the library {change.library!r} is not there any more, so bring that back first"
        )
    now = {concept.key: state_of(concept) for concept in kept}
    for key, state in change.after:
        if now.get(key) != state:
            raise _since(change, f"{shortened(key)!r} was changed again since")
    come = {key for key, _ in change.after}
    result = [concept for concept in kept if concept.key not in come]
    taken = {concept.key for concept in result}
    for place, concept in sorted(zip(change.places, change.before), key=lambda pair: pair[0]):
        if concept.key in taken:
            raise _since(change, f"{change.library!r} holds another {shortened(concept.key)!r} by now")
        result.insert(place, concept)
    return result


def _since(change: Change, why: str) -> InputError:
    return InputError(f"cannot undo “{shortened(change.what, 80)}”: {why}; nothing was changed")

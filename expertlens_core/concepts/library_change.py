"""One change to a library of the user's own, applied to its file as it is now, while nobody else writes."""

from collections.abc import Callable

from ..errors import InputError
from .changes import Change, kept_change, state_of
from .formats.whole_file import Limits, check_size, write_whole_file
from .library import Concept, Library
from .library_files import library_bytes, load_library
from .shelf import new_library_path, own_library_path, remove_own_library, shelf_held


def changed(
    name: str, what: str, make: Callable[[list[Concept]], list[Concept]]
) -> tuple[Library | None, Change | None]:
    """Apply `make` to the concepts of a library on the shelf as they are now; what that takes away is kept.

    Returns the library, None where nothing is left of it, and the change, None where nothing was taken away.
    """
    with shelf_held():
        kept = list(load_library(name)) if own_library_path(name) else []
        new = make(list(kept))
        library = Library(name, tuple(new)) if new else None
        before, after = ({each.key: state_of(each) for each in concepts} for concepts in (kept, new))
        lost = [(i, each) for i, each in enumerate(kept) if after.get(each.key) != before[each.key]]
        come = tuple((key, state) for key, state in after.items() if before.get(key) != state)
        content = library and library_content(library)
        change = None
        if lost:
            places, concepts = zip(*lost)
            fields = {"before": concepts, "places": places, "after": come, "gone": not new}
            change = kept_change(name, what, **fields)
        if content:
            write_whole_file(new_library_path(name), content)
        else:
            remove_own_library(name)
    return library, change


def library_content(library: Library) -> bytes:
    """The library's file; raises InputError where it would be too large to be read again."""
    limits = Limits()
    sentences = sum(len(concept.positives) + len(concept.negatives or ()) for concept in library)
    if sentences > limits.max_sentences:
        raise InputError(
            f"the library {library.name!r} would hold {sentences:,} sentences: expected at most "
            f"{limits.max_sentences:,}, so leave some out, or begin another library"
        )
    content = library_bytes(library, f"{library.name}.json")
    check_size(len(content), f"the library {library.name!r}", limits)
    return content

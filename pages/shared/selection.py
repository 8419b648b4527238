"""The one selection that pages share: model, library, concept, tau and recipe. Kept in the link."""

from dataclasses import dataclass
from typing import Any

from expertlens_core.concepts import Concept, Library
from expertlens_core.defaults import DEFAULT_LIBRARY, DEFAULT_MODEL
from expertlens_core.errors import InputError
from expertlens_core.experts import DEFAULT_TAU
from expertlens_core.models.units import POOLINGS
from expertlens_core.pipeline import FindRequest
from expertlens_core.pipeline.finding.request import DTYPES
from pages.shared import view
from pages.shared.fields import choice, field, number, several, switch, text
from pages.shared.loading import load_library
from pages.shared.names import read_library, read_model

DEFAULT_CONCEPT = "cat"
MOST_COMPARED = 6

MODEL = field("model", DEFAULT_MODEL, read_model)
REVISION = field("revision", "", text(80))
LIBRARY = field("library", DEFAULT_LIBRARY, read_library)
CONCEPT = field("concept", "", text())
COMPARE = several("compare", MOST_COMPARED - 1)
TAU = field("tau", DEFAULT_TAU, number(0.05, 0.99), "{:g}".format)
OUTSIDE = switch("outside")
POSITIVES = field("positives", 400, number(2, 100_000, whole=True))
NEGATIVES = field("negatives", None, number(2, 100_000, whole=True))
"""None: 2.5 for each positive that is used."""
POOLING = field("pooling", "max", choice(*POOLINGS))
DTYPE = field("dtype", "float32", choice(*DTYPES))
SEED = field("seed", 0, number(0, 2**31, whole=True))
RECIPE = (POSITIVES, NEGATIVES, POOLING, DTYPE, SEED)


@dataclass(frozen=True)
class Selection:
    model: str
    revision: str
    library: Library
    library_name: str
    """Its name or path, for `load_library`."""
    concept: Concept
    compared: tuple[Concept, ...]
    """Further concepts, beside the first."""
    recipe: dict[str, Any]
    """Fields of `FindRequest` that the visitor may change."""

    @property
    def shown(self) -> tuple[Concept, ...]:
        """The concept and those compared with it."""
        return (self.concept, *self.compared)

    def request(self, *keys: str) -> FindRequest:
        """The request that finds some concepts; none takes the whole library.

        Raises:
            InputError: for a recipe that cannot be.
        """
        chosen = {"model": self.model, "revision": self.revision or None, "library": self.library_name}
        return FindRequest(names=keys, **chosen, **self.recipe)


def selection() -> Selection:
    """The choices of the view; concepts that the library lacks are replaced, and noted.

    Raises:
        InputError: when there is no such library.
    """
    name = view.get(LIBRARY).strip() or LIBRARY.default
    library = load_library(name)
    wanted, usual = view.get(CONCEPT), default_concept(library)
    if wanted and wanted not in library:
        view.note(
            f"The library {library.name!r} has no concept {wanted[:80]!r}: showing {usual!r}. Choose another one at "
            "the left."
        )
        view.put(CONCEPT, "")
        wanted = ""
    concept = library[wanted or usual]
    compared = view.get(COMPARE)
    if missing := [key for key in compared if key not in library]:
        view.note(
            f"The library {library.name!r} has no concept {missing[0][:80]!r} to compare with: it is left out."
        )
        compared = tuple(library[key].key for key in compared if key in library)
        view.put(COMPARE, compared)
    return Selection(
        model=view.get(MODEL).strip() or MODEL.default,
        revision=view.get(REVISION).strip(),
        library=library,
        library_name=name,
        concept=concept,
        compared=tuple(library[key] for key in compared if library[key].key != concept.key),
        recipe={each.name: view.get(each) for each in RECIPE},
    )


def default_concept(library: Library) -> str:
    """The concept that is shown where none was chosen."""
    return DEFAULT_CONCEPT if DEFAULT_CONCEPT in library else library.keys[0]


def choose_concept(key: str) -> None:
    try:
        library = load_library(view.get(LIBRARY))
    except InputError:
        return
    view.put(CONCEPT, "" if key == default_concept(library) else key)


def choose_library(name: str, concept: str = "") -> None:
    """Choose a library; the concepts of another one are let go."""
    view.put(COMPARE, ())
    view.put(CONCEPT, concept)
    view.put(LIBRARY, name)

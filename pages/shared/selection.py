"""The one selection that pages share: model, library, concept, tau and recipe. Kept in the link."""

from __future__ import annotations

from dataclasses import dataclass, field

from expertlens_core.concepts import Concept, Library
from expertlens_core.defaults import DEFAULT_LIBRARY, DEFAULT_MODEL
from expertlens_core.errors import InputError
from expertlens_core.experts import DEFAULT_TAU
from expertlens_core.pipeline import FindRequest
from expertlens_core.pipeline.finding.request import DTYPES, POOLINGS
from pages.shared import view
from pages.shared.loading import load_library
from pages.shared.names import read_library, read_model
from pages.shared.view import Field, declare

DEFAULT_CONCEPT = "cat"
MOST_COMPARED = 6

MODEL = declare(Field("model", DEFAULT_MODEL, read_model))
REVISION = declare(Field("revision", "", view.text(80)))
LIBRARY = declare(Field("library", DEFAULT_LIBRARY, read_library))
CONCEPT = declare(Field("concept", "", view.text()))
COMPARE = declare(Field("compare", (), view.several(MOST_COMPARED - 1), view.write_several))
TAU = declare(Field("tau", DEFAULT_TAU, view.number(0.05, 0.99), "{:g}".format))
OUTSIDE = declare(Field("outside", False, view.switch, view.write_switch))
POSITIVES = declare(Field("positives", 400, view.number(2, 100_000, whole=True)))
NEGATIVES = declare(Field("negatives", None, view.number(2, 100_000, whole=True)))
"""None: 2.5 for each positive that is used."""
POOLING = declare(Field("pooling", "max", view.choice(*POOLINGS)))
DTYPE = declare(Field("dtype", "float32", view.choice(*DTYPES)))
SEED = declare(Field("seed", 0, view.number(0, 2**31, whole=True)))
RECIPE = (POSITIVES, NEGATIVES, POOLING, DTYPE, SEED)


@dataclass(frozen=True)
class Selection:
    """What is looked at."""

    model: str
    revision: str
    library: Library
    library_name: str
    """What `load_library` takes."""
    concept: Concept
    compared: tuple[Concept, ...]
    """Further concepts, beside the first."""
    tau: float
    outside: bool
    """Whether token-only modules are left out."""
    recipe: dict[str, object] = field(default_factory=dict)
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
        return FindRequest(
            model=self.model,
            revision=self.revision or None,
            library=self.library_name,
            names=keys,
            **self.recipe,
        )


def selection() -> Selection:
    """What the view chooses, with unknown concepts replaced, and noted.

    Raises:
        InputError: when there is no such library.
    """
    name = view.get(LIBRARY).strip() or LIBRARY.default
    library = load_library(name)
    return Selection(
        view.get(MODEL).strip() or MODEL.default,
        view.get(REVISION).strip(),
        library,
        name,
        _concept(library),
        _compared(library),
        view.get(TAU),
        view.get(OUTSIDE),
        {each.name: view.get(each) for each in RECIPE},
    )


def default_concept(library: Library) -> str:
    """The concept that is shown where none was chosen."""
    return DEFAULT_CONCEPT if DEFAULT_CONCEPT in library else library.keys[0]


def choose_concept(key: str) -> None:
    """Choose a concept of the current library."""
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


def _concept(library: Library) -> Concept:
    wanted = view.get(CONCEPT) or default_concept(library)
    if wanted not in library:
        other = default_concept(library)
        view.note(
            f"The library {library.name!r} has no concept {wanted[:80]!r}: showing {other!r}. Choose another one at "
            "the left."
        )
        view.put(CONCEPT, "")
        return library[other]
    return library[wanted]


def _compared(library: Library) -> tuple[Concept, ...]:
    wanted = view.get(COMPARE)
    known = tuple(library[key].key for key in wanted if key in library)
    if missing := [key for key in wanted if key not in library]:
        view.note(
            f"The library {library.name!r} has no concept {missing[0][:80]!r} to compare with: it is left out."
        )
        view.put(COMPARE, known)
    first = _concept(library).key
    return tuple(library[key] for key in known if key != first)

"""A run: what a stage has at hand. It is made at the doors (a page's job, the command line, a notebook, a test)."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from .artefacts import ArrayFile, ArtefactKey, Artefacts, open_artefacts
from .artefacts.codec import pack, unpack
from .concepts import Library, load_library
from .errors import Cancelled, InputError

if TYPE_CHECKING:
    from .models.language_model import LanguageModel

Progress = Callable[[int, int, str], None]
"""Called with what is done, what there is in all (0: nobody knows), and a few words."""
Result = TypeVar("Result")


class Models(Protocol):
    """Models in memory, such as a `ModelStore`."""

    def get(self, name: str, revision: str | None = None, **options: Any) -> LanguageModel:
        """The model, loaded if it must; options as for `load_model`."""

    def unload(self) -> None:
        """Forget all of them."""


class NotKeptError(InputError):
    """A run that may compute nothing was asked for what the cache does not hold."""


@dataclass(frozen=True, eq=False)
class Run:
    """What a stage has at hand: `stage(request, run) -> result`."""

    artefacts: Artefacts = field(default_factory=open_artefacts)
    """The cache."""
    progress: Progress = lambda *_: None
    cancelled: Callable[[], bool] = lambda: False
    """Asked between batches and tokens whether to stop."""
    models: Models | None = None
    """Models in memory; None loads a model whenever one is needed."""
    complete: bool = True
    """False takes the concepts whose experts the cache holds, and finds none."""
    compute: bool = True
    """False computes nothing at all: what is not kept raises `NotKeptError`."""
    library: Library | None = None
    """Taken in place of a request's library."""
    model: LanguageModel | None = None
    """Taken in place of a request's model."""

    def library_named(self, name: str) -> Library:
        """The library of a request; raises InputError when there is none of this name."""
        return self.library or load_library(name)

    def check(self, what: str = "stopped; what is finished is kept") -> None:
        """Raise `Cancelled` where the run was asked to stop."""
        if self.cancelled():
            raise Cancelled(what)

    def kept_file(self, key: ArtefactKey, make: Callable[[], Any], *, mapped: bool = False) -> ArrayFile:
        """The artefact of a key, made at most once: `make` gives its arrays and JSON-able information."""
        if not self.compute:
            file = self.artefacts.get(key, mapped)
            if file is None:
                raise NotKeptError(f"{key.label or key.stage} has not been computed yet")
            return file
        return self.artefacts.computed(key, make, mapped=mapped, cancelled=self.cancelled)

    def kept(self, kind: type[Result], key: ArtefactKey, make: Callable[[], Result]) -> Result:
        """The frozen result of a key, made at most once among all who ask at the same time."""
        return read_result(kind, self.kept_file(key, lambda: pack(make())))

    def at_hand(self, **changes: Any) -> Run:
        """The same run with something else at hand."""
        return replace(self, **changes)


def read_result(kind: type[Result], file: ArrayFile) -> Result:
    """The result that `Run.kept` wrote."""
    return unpack(kind, file.arrays, json.loads(file.metadata["info"]))

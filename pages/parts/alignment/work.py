"""Jobs of the Human alignment page, and where their results wait for the page."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

from expertlens_core.analysis.alignment import AlignmentTable
from expertlens_core.artefacts import digest_of
from expertlens_core.concepts import load_library
from expertlens_core.errors import Cancelled, InputError
from expertlens_core.pipeline import (
    Aligned,
    AlignRequest,
    Priming,
    align_judgments,
    align_models,
    plan_find,
    priming,
)
from expertlens_core.pipeline.meaning.alignment import is_aligned
from expertlens_core.pipeline.meaning.embeddings import concept_embeddings
from expertlens_core.pipeline.finding.scored import scored

if TYPE_CHECKING:
    from expertlens_core.artefacts import Artefacts
    from expertlens_core.models.residency import ModelStore
    from pages.shared.jobs import Work

Progress = Callable[[int, int, str], None]
Check = Callable[[], bool]
KEPT = 24
WAIT = 0.02
"""Seconds between two looks at a thread, and two chances to hand on the turn."""
WITHOUT_MODEL = ("tf-idf",)
"""Baselines that need no run of the model."""


@dataclass(frozen=True, eq=False)
class ModelsAligned:
    """Two models on the same pairs."""

    table: AlignmentTable
    models: tuple[str, ...]
    """Label of each, as it ends the labels of its rows."""


def alignment_work(artefacts: Artefacts, models: ModelStore) -> dict[str, Work]:
    """Kind of job → what it does; what it finds is put into `memory` under the job's own content."""

    def one(request: Mapping[str, Any], progress: Progress, cancelled: Check) -> None:
        wanted = AlignRequest.from_json(request["align"])
        library = load_library(wanted.find.library)
        plan = plan_find(wanted.find, library=library, artefacts=artefacts)
        if set(wanted.baselines) - set(WITHOUT_MODEL) and not is_aligned(wanted, plan, artefacts):
            found = scored(wanted.find, library=library, artefacts=artefacts, complete=False)
            concept_embeddings(
                found.plan, found.concepts, artefacts,
                progress=progress, cancelled=cancelled, load=models.get,
            )  # fmt: skip
            artefacts.documents.put(embedded_name(request["results"]), True)
        made = _beside(
            partial(
                align_judgments, wanted, library=library, artefacts=artefacts,
                progress=progress, load=models.get, complete=False,
            ),
            cancelled,
        )  # fmt: skip
        memory().put(content_name(request), made)

    def several(request: Mapping[str, Any], progress: Progress, cancelled: Check) -> None:
        wanted = [AlignRequest.from_json(each) for each in request["align"]]
        library = load_library(wanted[0].find.library)
        progress(0, 0, "comparing the models on the same pairs")
        table = _beside(
            partial(align_models, wanted, library=library, artefacts=artefacts, complete=False), cancelled
        )
        labels = [row.label for row in table.rows]
        sources = dict.fromkeys(label.partition(" (")[2].removesuffix(")") for label in labels)
        memory().put(content_name(request), ModelsAligned(table, tuple(sources)))

    def primed(request: Mapping[str, Any], progress: Progress, cancelled: Check) -> None:
        wanted = [AlignRequest.from_json(each) for each in request["align"]]
        library = load_library(wanted[0].find.library)
        progress(0, 0, "averaging the overlap of each bin")
        made = _beside(
            partial(priming, wanted, library=library, artefacts=artefacts, complete=False), cancelled
        )
        memory().put(content_name(request), made)

    return {
        "alignment": one,
        "alignment of models": several,
        "priming": primed,
        "judgments": _download,
    }


def content_name(request: Mapping[str, Any]) -> str:
    """Digest of what a job is asked, with the content of results and judgments."""
    return digest_of(dict(request))


def embedded_name(results: str) -> str:
    """Name of the record that the embeddings behind the baselines of some results were computed."""
    return f"alignment embeddings/{results}"


class AlignmentMemory:
    """The last results, by digest of what was asked."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Aligned | ModelsAligned | Priming] = OrderedDict()

    def get(self, name: str) -> Any:
        """A result; None where it is not here."""
        with self._lock:
            if name in self._kept:
                self._kept.move_to_end(name)
            return self._kept.get(name)

    def put(self, name: str, made: Aligned | ModelsAligned | Priming) -> None:
        """Keep a result."""
        with self._lock:
            self._kept[name] = made
            self._kept.move_to_end(name)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)


@lru_cache(maxsize=1)
def memory() -> AlignmentMemory:
    """The process's memory."""
    return AlignmentMemory()


def _download(request: Mapping[str, Any], progress: Progress, cancelled: Check) -> None:
    """Fetch known judgments."""
    from expertlens_core.analysis.judgment_source import fetch

    progress(0, 0, "downloading")
    try:
        _beside(partial(fetch, request["name"]), cancelled)
    except OSError as problem:
        raise InputError(
            f"the download failed ({type(problem).__name__}): get the file by hand, and give its path"
        ) from None


def _beside(work: Callable[[], Any], cancelled: Check) -> Any:
    """Do work without torch in a thread of its own: it has no steps at which this one could hand on its turn.

    Raises:
        Cancelled: when `cancelled` said so; the work then ends unseen.
    """
    results: list[Any] = []
    problems: list[Exception] = []

    def run() -> None:
        try:
            results.append(work())
        except Exception as problem:
            problems.append(problem)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    while thread.is_alive():
        if cancelled():
            raise Cancelled("stopped; what is finished is kept")
        thread.join(WAIT)
    if problems:
        raise problems[0]
    return results[0]

"""What the whole server shares: models in memory, jobs, streams, and the turns they take at computing.

Made once per process and cache; pages run in many threads and reach it from all of them.
"""

from __future__ import annotations

import atexit
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from expertlens_core import concepts, pipeline
from expertlens_core.artefacts import Artefacts, cache_directory, open_artefacts
from expertlens_core.pipeline import FindRequest
from pages.parts.alignment.work import alignment_work
from pages.parts.experts.work import experts_work
from pages.parts.map.work import map_work
from pages.parts.steer.work import steer_work
from pages.shared.install_work import install_work
from pages.shared.jobs import Jobs, Progress, Work
from pages.shared.streams import Streams
from pages.shared.turns import Turns

if TYPE_CHECKING:
    from collections.abc import Callable

    from expertlens_core.models.residency import ModelStore

_MAKING = Lock()


@dataclass(frozen=True)
class Services:
    """The parts."""

    artefacts: Artefacts
    turns: Turns
    models: ModelStore
    jobs: Jobs
    streams: Streams

    def close(self) -> None:
        """End jobs and streams, so that the process can end."""
        self.streams.close()
        self.jobs.close()


def services() -> Services:
    """The server's services, made when first asked for."""
    with _MAKING:  # lru_cache alone would make them twice for two threads that ask at the same moment
        return _services(cache_directory())


@lru_cache(maxsize=4)
def _services(_directory: Path) -> Services:
    from expertlens_core.models.residency import ModelStore

    def load(*arguments: Any, **options: Any) -> Any:
        from expertlens_core.models.loading import load_model

        memo: dict[str, str] = artefacts.documents.get("weight digests") or {}
        known = len(memo)
        model = load_model(*arguments, **options, digest_memo=memo)
        if len(memo) != known:
            artefacts.documents.put("weight digests", memo)
        return model

    def find(
        store: Artefacts, request: Mapping[str, Any], progress: Progress, cancelled: Callable[[], bool]
    ) -> None:
        wanted = FindRequest.from_json(request)
        library = concepts.load_library(wanted.library)
        for _ in pipeline.find(
            wanted, library=library, artefacts=store,
            progress=progress, cancelled=cancelled, load=models.get,
        ):  # fmt: skip
            pass

    artefacts = open_artefacts()
    turns = Turns()
    models = ModelStore(load)
    work: dict[str, Work] = {
        "find": partial(find, artefacts),
        "find here": partial(find, artefacts.without_shipped()),
        **experts_work(artefacts, models),
        **map_work(artefacts),
        **alignment_work(artefacts, models),
        **steer_work(artefacts, models),
        **install_work(),
    }
    made = Services(artefacts, turns, models, Jobs(work, turns, artefacts.documents), Streams(turns))
    atexit.register(made.close)  # a thread that still computes when Python ends would abort the process
    return made

"""Workers without a folder in common with the driver: they send back what they made, and the driver keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ..artefacts import SUFFIX, Artefacts
from ..concepts.formats.whole_file import write_whole_file
from ..errors import InputError
from ..stages import STAGES
from .tasks import Task
from .worker import Outcome, Worker


@dataclass(frozen=True)
class Sent:
    """What a worker made: files of results by name, and documents that tell of the model."""

    files: dict[str, bytes]
    documents: dict[str, Any]


class Returned:
    """A `Worker` with a folder of its own, gone with it."""

    def __init__(self, _folder: Path | None = None, threads: int | None = None) -> None:
        self._home = TemporaryDirectory(prefix="expertlens-sweep-")
        self._folder = Path(self._home.name)
        self._worker = Worker(self._folder, threads)
        self._seen: set[str] = set()

    def work(self, task: Task) -> tuple[Outcome, Sent]:
        """Do a task; its results, and what they need to be found again."""
        outcome = self._worker.work(task)
        store = Artefacts(self._folder)
        try:
            new = [
                entry for entry in store.show() if entry.keep == "result" and entry.digest not in self._seen
            ]
            self._seen |= {entry.digest for entry in new}
            files = {entry.digest: (self._folder / f"{entry.digest}{SUFFIX}").read_bytes() for entry in new}
            documents = {name: store.documents.own(name) for name in store.documents.names()}
        finally:
            store.documents.close()
        for digest in files:  # the driver has them now
            (self._folder / f"{digest}{SUFFIX}").unlink()
        return outcome, Sent(files, documents)


def keep(sent: Sent, folder: Path) -> None:
    """Write what a worker sent into a folder of artefacts, each file whole or not at all."""
    store = Artefacts(folder)
    try:
        for digest, content in sent.files.items():
            if len(digest) != 64 or set(digest) - set("0123456789abcdef"):
                raise InputError(f"a worker sent a file of the name {digest[:80]!r}: expected a digest")
            write_whole_file(folder / f"{digest}{SUFFIX}", content)
        for name, value in sent.documents.items():
            if value is not None and store.documents.own(name) != value:
                store.documents.put(name, value)
    finally:
        store.documents.close()


def check_returnable(stages: tuple[str, ...]) -> None:
    """Raise InputError for a stage that a worker cannot do without the results of others."""
    for stage in stages:
        if stage != "find" and STAGES[stage].runs_model:
            raise InputError(
                f"stage {stage!r} needs a folder that all workers reach: name one in EXPERTLENS_CACHE and leave "
                "--return-results out"
            )

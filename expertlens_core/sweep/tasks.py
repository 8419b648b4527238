"""The tasks of a sweep: blocks of concepts to find, and the stages that rest on them, group by group."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from ..concepts import Library, load_library
from ..errors import InputError
from ..models.label import model_label
from ..pipeline.finding.plan import choose_concepts
from ..pipeline.finding.request import FindRequest
from ..request import Request, fields_of
from ..stages import STAGES
from .request import SweepRequest


@dataclass(frozen=True)
class Task:
    """One stage's request, small enough to be sent anywhere."""

    stage: str
    request: Request
    label: str
    """Model, library and what is done, in words."""

    @property
    def find(self) -> FindRequest:
        """How the experts are found that it is about."""
        return self.request if isinstance(self.request, FindRequest) else self.request.find  # type: ignore[attr-defined]

    @property
    def model(self) -> tuple[str, str | None]:
        """The model's name and revision."""
        return self.find.model, self.find.revision


@dataclass(frozen=True)
class Group:
    """The tasks of one model, library and recipe: `first` in any order, then `then` one after another."""

    first: tuple[Task, ...] = ()
    then: tuple[Task, ...] = ()
    find: FindRequest = field(default_factory=FindRequest)
    """The experts of all its concepts."""

    def __len__(self) -> int:
        return len(self.first) + len(self.then)


def groups(asked: SweepRequest, load: Callable[[str], Library] = load_library) -> Iterator[Group]:
    """The groups of a sweep, models outermost, so that each is loaded once.

    Raises InputError for an unknown library or concept, and for fields that a stage's request does not have.
    """
    library_of = cache(load)
    for model, revision in models_of(asked):
        for library in asked.libraries:
            for number, recipe in enumerate(asked.recipes):
                where = {"model": model, "revision": revision, "library": library, "recipe": number}
                stages = [stage for stage in asked.stages if not _excluded(asked, where | {"stage": stage})]
                if not stages:
                    continue
                chosen = choose_concepts(library_of(library), asked.names)
                given = {
                    "model": model, "library": library, "names": list(asked.names),
                    "revision": revision, **recipe,
                }  # fmt: skip
                find = FindRequest.from_json(given)
                keys = tuple(concept.key for concept in chosen)
                about = f"{library} in {model_label(model)}{f' at {revision}' if revision else ''}"
                if number:
                    about += f", recipe {number}"
                yield Group(
                    tuple(_blocks(find, keys, asked.block, about)) if "find" in stages else (),
                    tuple(task for stage in stages for task in _of_stage(asked, stage, find, keys, about)),
                    find,
                )


def models_of(asked: SweepRequest) -> list[tuple[str, str | None]]:
    """Models with their revisions, each once."""
    found: dict[tuple[str, str | None], None] = {}
    for name in asked.models:
        model, mark, revision = name.rpartition("@")
        if mark and model and not Path(name).expanduser().exists():
            found[model, revision] = None
        else:
            found |= dict.fromkeys((name, revision) for revision in asked.revisions or (None,))
    return list(found)


def _excluded(asked: SweepRequest, where: dict[str, Any]) -> bool:
    return any(all(where[name] == value for name, value in each.items()) for each in asked.exclude)


def _blocks(find: FindRequest, keys: tuple[str, ...], size: int, about: str) -> Iterator[Task]:
    fields = find.to_json()
    for first in range(0, len(keys), size):
        block = keys[first : first + size]
        told = block[0] if len(block) == 1 else f"{block[0]} to {block[-1]}"
        yield Task("find", FindRequest.from_json(fields | {"names": block}), f"find {told} of {about}")


def _of_stage(
    asked: SweepRequest, stage: str, find: FindRequest, keys: tuple[str, ...], about: str
) -> Iterator[Task]:
    """The tasks of a stage after find: one, or one a concept where its request is about a single one."""
    if stage == "find":
        return
    kind = STAGES[stage].request
    given = asked.options.get(stage, {})
    if issubclass(kind, FindRequest):
        yield Task(stage, find, f"{stage} of {about}")
    elif "concept" in fields_of(kind):
        for key in keys:
            yield Task(stage, _made(kind, stage, given | {"concept": key}, find), f"{stage} {key} of {about}")
    else:
        yield Task(stage, _made(kind, stage, given, find), f"{stage} of {about}")


def _made(kind: type[Request], stage: str, given: dict[str, Any], find: FindRequest) -> Request:
    try:
        return kind.from_json({**given, "find": find.to_json()})
    except InputError as problem:
        raise InputError(f"the sweep's stage {stage}: {problem}") from None

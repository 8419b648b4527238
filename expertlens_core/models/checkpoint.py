"""A checkpoint: a model at a point of its training, named by a revision of the hub, a folder, or a random start."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..files import user_path
from .built_in import is_built_in
from .catalogue import known_model
from .label import model_label
from .model_files import CONFIG
from .random_start import random_seed

_STEP = (
    re.compile(r"(?:step|checkpoint|ckpt|iter)[-_ ]?0*(\d{1,12})(k?)(?![\d.])", re.IGNORECASE),
    re.compile(r"^0*(\d{1,12})(k?)$", re.IGNORECASE),
)


@dataclass(frozen=True)
class Checkpoint:
    """One model of a series."""

    model: str
    """Hub id, folder, GGUF file, or a built-in name."""
    revision: str | None
    series: str
    """What the checkpoints of one training are called in a chart: the model, or the folder that holds the steps."""
    step: int | None
    """Training step, where the name tells one."""
    seed: int | None = None
    """Of a random start; None for trained weights."""

    @property
    def name(self) -> str:
        """The checkpoint in a few words: ``EleutherAI/pythia-70m@step512``, ``small_world/step-64``."""
        folder = _folder(self.model)
        label = model_label(self.model)
        if folder is not None:
            own = folder.resolve().name
            label = own if self.series.rpartition("/")[2] == own else f"{self.series}/{own}"
        return f"{label}@{self.revision}" if self.revision else label


def checkpoints_of(texts: Sequence[str], model: str, revision: str | None = None) -> tuple[Checkpoint, ...]:
    """The checkpoints that some texts name, each once: series in order of mention, in each the steps by number.

    A text is ``MODEL@REVISION``, a hub id, a folder or GGUF file, a folder of folders with a model each (all of them),
    or a revision (``step512``, ``random:0``) or neighbouring folder (``step-64``) of `model`. Within a series come
    random starts first, then steps by number, then what names no step, in the order given. Without texts it is the
    model itself.
    """
    found = [each for text in texts for each in _named(text.strip(), model)] or [(model, revision)]
    once: dict[tuple[str, str | None], tuple[str, str | None]] = {}
    for name, at in found:
        folder = _folder(name)
        once.setdefault((name if folder is None else str(folder.resolve()), at), (name, at))
    made = _told_apart([_checkpoint(*each) for each in once.values()])
    order = list(dict.fromkeys(each.series for each in made))

    def place(each: Checkpoint) -> tuple[int, int, int]:
        if each.seed is not None:
            return order.index(each.series), 0, each.seed
        return order.index(each.series), 2 if each.step is None else 1, each.step or 0

    return tuple(sorted(made, key=place))


def step_of(name: str) -> int | None:
    """The training step in the name of a revision or folder.

    >>> [step_of(each) for each in ("step512", "step-2800", "checkpoint-36k", "stage1-step1000-tokens5B", "143000")]
    [512, 2800, 36000, 1000, 143000]
    >>> step_of("main"), step_of("pythia-70m")
    (None, None)
    """
    for pattern in _STEP:
        if (match := pattern.search(name)) is not None:
            return int(match[1]) * (1000 if match[2] else 1)
    return None


def steps_beside(model: str) -> tuple[str, ...]:
    """Folders of models beside a folder, or in it, whose names tell a step; by number."""
    folder = _folder(model)
    if folder is None:
        return ()
    place = folder.resolve()
    around = place.parent if (place / CONFIG).is_file() else place
    found = [each for each in _models_in(around) if step_of(each.name) is not None]
    return tuple(str(each) for each in sorted(found, key=lambda each: step_of(each.name) or 0))


def _named(text: str, model: str) -> Iterator[tuple[str, str | None]]:
    """Model and revision behind a text."""
    if not text:
        return
    place = user_path(text)
    if _exists(place):
        inside = [] if (place / CONFIG).is_file() or place.is_file() else _models_in(place)
        yield from ((str(each), None) for each in inside) if inside else [(text, None)]
        return
    name, at, revision = text.rpartition("@")
    if at and name:
        yield name, revision or None
        return
    home = _folder(model)
    if home is not None and random_seed(text) is None:
        for around in (home, home.resolve().parent):
            if _exists(around / text):
                yield str(around / text), None
                return
    if "/" in text or "\\" in text or text.startswith(("~", ".")) or is_built_in(text) or known_model(text):
        yield text, None
    else:
        yield model, text


def _checkpoint(model: str, revision: str | None) -> Checkpoint:
    seed, folder, known = random_seed(revision), _folder(model), known_model(model)
    step = None if seed is not None else step_of(revision or "")
    if folder is not None:
        own = folder.resolve()
        step_here = step_of(own.name)
        beside = step_here is not None or any(
            step_of(each.name) is not None for each in _models_in(own.parent)
        )
        series = own.parent if beside and own.parent.name else own
        step = step_here if seed is None and step is None else step
        return Checkpoint(model, revision, str(series), step, seed)
    if seed is None and step is None and known is not None and known.revisions and revision in (None, "main"):
        step = step_of(known.revisions[-1])  # what main is
    return Checkpoint(model, revision, model, step, seed)


def _told_apart(found: list[Checkpoint]) -> list[Checkpoint]:
    """The same with short names of series, longer where two would be the same."""
    places = list(dict.fromkeys(each.series for each in found))
    names = {place: model_label(place) for place in places}
    for place in places:
        if list(names.values()).count(names[place]) > 1:
            names[place] = "/".join(Path(place).parts[-2:])
    if len(set(names.values())) < len(places):
        names = {place: place for place in places}
    return [replace(each, series=names[each.series]) for each in found]


def _models_in(folder: Path) -> list[Path]:
    try:
        return sorted(each for each in folder.iterdir() if (each / CONFIG).is_file())
    except OSError:
        return []


def _folder(model: str) -> Path | None:
    place = user_path(model)
    try:
        return place if place.is_dir() else None
    except (OSError, ValueError):
        return None


def _exists(place: Path) -> bool:
    try:
        return place.exists()
    except (OSError, ValueError):
        return False

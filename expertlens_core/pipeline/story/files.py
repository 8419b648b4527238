"""Story files: read, written whole, kept in the cache, shipped; and whether a story fits the weights that are here."""

import json
from pathlib import Path
from typing import NoReturn

from ...artefacts import Artefacts, open_artefacts
from ...concepts.formats.whole_file import write_whole_file
from ...concepts.spelling import safe_name
from ...errors import InputError
from ...models.label import model_label
from ...models.model_files import model_state
from ..finding.model_record import known_record, weight_digests
from ..finding.request import FindRequest
from .recorded import Story, story_from_json

MAX_BYTES = 8 * 2**20


def load_story(
    model_or_path: str | Path, revision: str | None = None, *, artefacts: Artefacts | None = None
) -> Story:
    """The recorded story of a model, or of a ``.json`` file. Loads no torch.

    For a model: the one that `demo prepare` kept in the cache, else the one that ships. Whether it still fits the
    weights is another question, see `staleness`.

    Raises InputError when there is none, or it is not a whole and sound story.
    """
    path = Path(model_or_path).expanduser()
    if path.suffix == ".json":
        return _read(path)
    model, store = str(model_or_path), artefacts or open_artefacts()
    name = story_name(model, revision)
    kept = store.documents.own(name)
    shipped = None if store.shipped is None else store.shipped.document(name)
    if kept is not None:
        try:
            return story_from_json(kept, f"the story of {model} in the cache")
        except InputError as error:
            if shipped is None:
                raise
            store.notify(f"{error}; the one that ships is shown")
    if shipped is not None:
        return story_from_json(shipped, f"the shipped story of {model}")
    raise InputError(
        f"no story of {model!r} is recorded on this computer: record one with 'demo prepare --model {model} "
        "--concepts LIBRARY --names a,b,c', or give the path of a story's .json file"
    )


def _read(path: Path) -> Story:
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(f"cannot read the story {path} ({error.strerror}): check the path") from None
    if len(data) > MAX_BYTES:
        raise InputError(f"{path} is larger than {MAX_BYTES:,} bytes: expected a story, which is far smaller")
    try:
        value = json.loads(data.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise InputError(
            f"{path} is cut short or is no JSON: expected a whole story; record it again with 'demo prepare'"
        ) from None
    return story_from_json(value, f"the story {path.name}")


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def story_name(model: str, revision: str | None = None) -> str:
    """Name of the document that keeps a model's story."""
    place = Path(model).expanduser()
    return f"story/{place.resolve() if place.is_dir() else model}@{revision or ''}"


def keep_story(story: Story, revision: str | None = None, *, artefacts: Artefacts | None = None) -> None:
    """Keep a story in the cache, where `load_story` finds it by its model."""
    (artefacts or open_artefacts()).documents.put(story_name(story.model, revision), story.to_json())


def write_story(story: Story, place: Path) -> Path:
    """Write a story into a folder, or to a path that ends in ``.json``; whole or not at all. Returns the file's path.

    Raises InputError when the place cannot be written.
    """
    place = place.expanduser()
    path = place if place.suffix == ".json" else place / f"{safe_name(model_label(story.model))}-story.json"
    write_whole_file(path, json.dumps(story.to_json(), ensure_ascii=False, indent=1).encode() + b"\n")
    return path


def staleness(story: Story, *, artefacts: Artefacts | None = None) -> str:
    """Why a story does not fit the present weights, as a sentence; empty where it does. Loads no torch."""
    digest = weights_digest(story.concepts[0].request.find, artefacts or open_artefacts())
    if digest is None:
        return f"The weights of {story.model} are not on this computer: the story is all there is."
    if digest == story.digest:
        return ""
    return (
        f"The story was recorded with other weights of {story.model} than those here now: record it again "
        "with 'demo prepare'."
    )


def weights_digest(request: FindRequest, artefacts: Artefacts) -> str | None:
    """Identity of a request's weights as they are now, or None where they are not on this computer.

    Large files are read once and then known by their state.
    """
    from ...models.sources import ModelSource

    if (record := known_record(request, artefacts)) is not None:
        return record.digest
    folder = Path(request.model).expanduser()
    if not folder.is_dir():
        state = model_state(request.model, request.revision)
        return f"hub:{request.model}@{state[-1]}" if state else None
    with weight_digests(artefacts):
        return ModelSource(request.model, "", str(folder), False, None).digest()
